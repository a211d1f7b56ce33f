"""Every control of a page: what it holds, and how the keyboard alone reaches and changes it."""

from playwright.sync_api import Page
from playwright.sync_api import TimeoutError as NothingChanged

MOST_STOPS = 400
TAKEN_MS = 200  # until a change has begun a run; a run may be too short to be seen
# What a control holds, of its element `e`; of one that holds nothing, its name.
HOLDS = {
    "stSelectbox": "e.querySelector('input').value",
    "stMultiSelect": "texts(e, '[data-tag]')",
    "stSlider": "e.querySelector('input').value",
    "stButtonGroup": "texts(e, '[aria-checked=true]')",
    "stCheckbox": "String(e.querySelector('input').checked)",
    "stTextInput": "e.querySelector('input').value",
    "stDateInput": "texts(e, '[role=spinbutton]')",
    "stExpander": "String(e.querySelector('details').open)",
    "stDownloadButton": "e.innerText",
    "stFormSubmitButton": "e.innerText",
    "stLink": "e.href",
}
# Keys that change it; the second ones where the first find nothing further.
KEYS = {
    "stSelectbox": ("ArrowDown Enter", "ArrowUp Enter"),
    "stMultiSelect": ("ArrowDown Enter", "Backspace"),
    "stSlider": ("ArrowRight", "ArrowLeft"),
    "stButtonGroup": ("ArrowRight Space", "ArrowRight Space", "ArrowLeft Space"),
    "stCheckbox": ("Space",),
    "stTextInput": ("s u Enter",),
    "stDateInput": ("ArrowDown" + 7 * " Tab",),  # it is taken when its seven stops are left
    "stExpander": ("Enter",),
}
IN_THE_PAGE = """
const main = () => document.querySelector('[data-testid=stMain]');
const texts = (e, which) => [...e.querySelectorAll(which)].map(one => one.innerText).join(' ');
const kindOf = e => e.tagName === 'A' ? 'stLink' : e.dataset.testid;
const canChange = e => !e.querySelector('input:disabled, button:disabled')
  && e.querySelectorAll('[role=radio]').length !== 1;
const told = e => {
  const kind = kindOf(e), label = e.querySelector('summary, [data-testid=stWidgetLabel]');
  const name = kind === 'stLink' ? e.href : (label ?? e).innerText.split('\\n').pop();
  return {kind, name, holds: HOLDS[kind](e)};
};
window.controls = () => [...main().querySelectorAll('[data-testid], a[href]')]
  .filter(e => kindOf(e) in HOLDS && !e.closest('[inert]') && canChange(e)).map(told);
window.focused = () => {
  const one = document.activeElement;
  if (!main().contains(one)) return null;
  if (one.closest('[data-testid=stWidgetLabel], [data-tag]')) return {};
  const kinds = Object.keys(HOLDS).map(kind => `[data-testid=${kind}]`);
  const control = one.closest([...kinds, 'a[href]'].join());
  if (!control || !canChange(control)) return {};
  return kindOf(control) !== 'stExpander' || one.tagName === 'SUMMARY' ? told(control) : {};
};
window.isDrawn = () => !!document.querySelector('[data-test-script-state=notRunning]')
  && !main().querySelector('[data-testid=stSkeleton]');
"""
IN_THE_PAGE += (
    f"const HOLDS = {{{', '.join(f'{kind}: e => {told}' for kind, told in HOLDS.items())}}};"
)


def controls(page: Page) -> dict[tuple[str, str], str]:
    """What each control that can be used holds, by its kind and name."""
    return {(one["kind"], one["name"]): one["holds"] for one in page.evaluate("controls()")}


def walk(page: Page) -> dict[tuple[str, str], bool]:
    """Goes through the page with Tab, changing what it comes to; whether each control changed."""
    has_changed: dict[tuple[str, str], bool] = {}
    has_come = False
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        control = page.evaluate("focused()")
        if control is None and has_come:
            return has_changed
        has_come = control is not None
        if control and (control["kind"], control["name"]) not in has_changed:
            has_changed[control["kind"], control["name"]] = _use(page, **control)
    raise AssertionError(f"Tab does not leave the page after {MOST_STOPS} stops")


def _use(page: Page, kind: str, name: str, holds: str) -> bool:
    """Whether the control that has the focus does what it is for, by keys alone."""
    if kind == "stLink":
        return bool(name)
    if kind == "stDownloadButton":
        with page.expect_download() as download:
            page.keyboard.press("Enter")
        return download.value.path().stat().st_size > 0
    if kind == "stFormSubmitButton":
        page.keyboard.press("Enter")
    elif not any(_changes(page, kind, name, holds, keys) for keys in KEYS[kind]):
        return False
    if kind == "stExpander":
        if holds == "true":  # it was open: its controls come next
            page.keyboard.press("Enter")
        return True
    page.wait_for_timeout(TAKEN_MS)
    page.wait_for_function("isDrawn()")
    return True


def _changes(page: Page, kind: str, name: str, holds: str, keys: str) -> bool:
    for key in keys.split():
        page.keyboard.press(key)
    changed = """([kind, name, holds]) => controls().some(
      one => one.kind === kind && one.name === name && one.holds !== holds)"""
    try:
        page.wait_for_function(changed, arg=[kind, name, holds], timeout=3_000)
    except NothingChanged:
        return False
    return True
