"""What the example company calls poor, on target and excellent.

Per headline KPI the scale common to all segments (position) and each segment's own (performance).
The numbers are chosen so that the map has one of each kind of verdict to show.
"""

MIN, H, D = 60, 3_600, 86_400
Scale = tuple[float, float, float]

# kpi -> statistic, then poor / target / excellent: common, startup, core, regulated
TARGETS: dict[str, tuple[str, Scale, Scale, Scale, Scale]] = {
    "change_lead_time": ("p50", (14 * D, 3 * D, 12 * H), (4 * D, 36 * H, 18 * H),
                         (7 * D, 60 * H, 24 * H), (14 * D, 6 * D, 3 * D)),
    "deployment_frequency": ("rate", (1, 4, 12), (7, 13, 19), (4, 12, 20), (3, 9, 18)),
    "ci_feedback_time": ("p50", (60 * MIN, 20 * MIN, 7 * MIN), (30 * MIN, 12 * MIN, 6 * MIN),
                         (20 * MIN, 12 * MIN, 6 * MIN), (60 * MIN, 30 * MIN, 15 * MIN)),
    "ci_success_rate": ("ratio", (0.8, 0.9, 0.98), (0.8, 0.88, 0.96), (0.88, 0.95, 0.99),
                        (0.8, 0.9, 0.97)),
    "first_response_time": ("p50", (8 * H, 2 * H, 30 * MIN), (4 * H, 75 * MIN, 20 * MIN),
                            (8 * H, 2 * H, 35 * MIN), (3 * H, 45 * MIN, 15 * MIN)),
    "resolution_time": ("p50", (48 * H, 16 * H, 6 * H), (40 * H, 13 * H, 5 * H),
                        (40 * H, 20 * H, 8 * H), (40 * H, 16 * H, 6 * H)),
    "csat": ("ratio", (0.7, 0.85, 0.95), (0.75, 0.85, 0.95), (0.7, 0.8, 0.92), (0.7, 0.85, 0.95)),
    "sla_attainment": ("ratio", (0.5, 0.8, 0.95), (0.65, 0.8, 0.95), (0.7, 0.82, 0.92),
                       (0.5, 0.8, 0.95)),
    "time_to_restore": ("p50", (5 * H, 80 * MIN, 30 * MIN), (4 * H, 80 * MIN, 30 * MIN),
                        (5 * H, 100 * MIN, 30 * MIN), (3 * H, 80 * MIN, 40 * MIN)),
    "incident_frequency": ("rate", (6, 2.5, 0.5), (6, 3, 1), (4, 2.2, 1), (3, 2, 1)),
    "change_fail_rate": ("ratio", (0.3, 0.15, 0.03), (0.35, 0.18, 0.08), (0.3, 0.16, 0.06),
                         (0.25, 0.13, 0.04)),
    "failed_deployment_recovery_time": ("p50", (8 * H, 2 * H, 45 * MIN),
                                        (8 * H, 130 * MIN, 45 * MIN), (8 * H, 150 * MIN, 1 * H),
                                        (6 * H, 2 * H, 45 * MIN)),
    "security_fix_time": ("p50", (120 * D, 45 * D, 10 * D), (250 * D, 100 * D, 25 * D),
                          (150 * D, 75 * D, 25 * D), (90 * D, 40 * D, 10 * D)),
    "independent_review_rate": ("ratio", (0.5, 0.85, 0.98), (0.5, 0.8, 0.95), (0.75, 0.9, 0.98),
                                (0.8, 0.9, 0.96)),
    "cost_to_serve": ("rate", (20, 12, 6), (16, 11, 7), (18, 14, 9), (16, 10, 6)),
}  # fmt: skip


def target_tables(segments: tuple[str, ...]) -> str:
    """The `[[targets]]` of the configuration: first the common scale, then each segment's own."""
    blocks = []
    for kpi, (statistic, *scales) in TARGETS.items():
        for segment, (poor, target, excellent) in zip(("", *segments), scales, strict=True):
            blocks.append(
                f'[[targets]]\nsegment = "{segment}"\nkpi = "{kpi}"\nstatistic = "{statistic}"\n'
                f"poor = {poor}\ntarget = {target}\nexcellent = {excellent}\n"
                "valid_from = 2024-07-01\n"
            )
    return "\n".join(blocks)
