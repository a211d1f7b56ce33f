"""How numbers on these pages are to be read, in words for everybody."""

READING = (
    "- A time in the median is taken from a curve that counts what is still open as at least as "
    "old as it is (Kaplan–Meier). Where the curve stays at one half for a while, the middle of "
    "that stretch is taken: of 1 h and 100 h the median is 50.5 h.\n"
    "- An interval holds the true value with 95 % confidence. Its end can be open, where too few "
    "have ended to tell: “2 h or more” means 2 hours and more, without an upper end.\n"
    "- Business hours and business minutes run only while the support that was promised is open.\n"
    "- A missing number is never a zero. The text beside it says why it is missing."
)
