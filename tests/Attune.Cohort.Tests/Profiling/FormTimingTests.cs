using Attune.Cohort.Profiling;

namespace Attune.Cohort.Tests.Profiling;

public sealed class FormTimingTests
{
    [Fact]
    public void Forms_that_are_not_faster_than_the_layer_or_a_better_form_are_dropped() =>
        FormTiming.NotFaster(
        [
            new FormTime("a", 1, 100, 60), new FormTime("a", 2, 100, 40),
            new FormTime("b", 1, 100, 120), new FormTime("b", 2, 100, 80),
            new FormTime("c", 1, 100, 50), new FormTime("c", 2, 100, 50),
            new FormTime("d", 1, 100, 99),
        ]).ShouldBe([("b", 1), ("c", 2), ("d", 1)], ignoreOrder: true);
}
