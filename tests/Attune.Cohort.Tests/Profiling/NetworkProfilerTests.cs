using Attune.Cohort.Profiling;
using Attune.Kernels;

namespace Attune.Cohort.Tests.Profiling;

public sealed class NetworkProfilerTests
{
    [Fact]
    public void A_sequence_has_an_answer_in_every_row_and_a_map_has_one()
    {
        NetworkProfiler.AnswersOf(new Shape([1, 1000])).ShouldBe(1);
        NetworkProfiler.AnswersOf(new Shape([1, 40, 6625])).ShouldBe(40);
        NetworkProfiler.AnswersOf(new Shape([4, 10])).ShouldBe(4);

        // One score for each candidate names no class.
        NetworkProfiler.AnswersOf(new Shape([8, 1])).ShouldBe(1);
        NetworkProfiler.AnswersOf(new Shape([1, 1, 32, 32])).ShouldBe(1);
    }
}
