using Attune.Cli.Tune;
using Attune.Numerics;
using Attune.Tuning.Session;

namespace Attune.Cli.Tests.Tune;

public sealed class TaskTimesTests
{
    [Fact]
    public void Cells_of_a_row_agree_and_a_loss_is_marked_or_hidden_by_noise()
    {
        PairedRatio Ratio(double gain) => PairedRatio.Of([1, 1, 1, 1, 1, 1], [.. Enumerable.Repeat(gain, 6)]);
        TaskTimes.Of(9, 9, new TaskGain(1, 4, Ratio(2)), isTimed: true).ShouldBe(["4.00 ms", "2.00 ms", "2.00x"]);
        TaskTimes.Of(9, 9, new TaskGain(1, 4, Ratio(0.8)), isTimed: true).ShouldBe(["4.00 ms", "5.00 ms", "0.80x*"]);
        TaskTimes.Of(9, 9, new TaskGain(1, 4, null), isTimed: true).ShouldBe(["4.00 ms", "4.00 ms", "default"]);
        var unsure = PairedRatio.Of([1, 1, 1, 1, 1, 1], [0.9, 1.05, 0.9, 1.05, 0.9, 0.95]);
        TaskTimes.Of(9, 9, new TaskGain(1, 4, unsure), isTimed: true)[2].ShouldBe("~1.00x");
        TaskTimes.Of(9, 8, null, isTimed: true).ShouldBe(["-", "-", "fused"]);
        TaskTimes.Of(9, 3, null, isTimed: false).ShouldBe(["9.00 ms", "3.00 ms", "3.00x"]);
        TaskTimes.Of(3, 9, null, isTimed: false).ShouldBe(["3.00 ms", "9.00 ms", "-"]);
    }
}
