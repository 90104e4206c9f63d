using Attune.Kernels.Templates;
using Attune.Runtime.Execution;

namespace Attune.Runtime.Tests.Execution;

public sealed class LoadQueueTests
{
    [Fact]
    public void Every_unit_runs_once()
    {
        var queue = new LoadQueue();
        int[][] runs = [new int[1], [], new int[500], new int[7]];
        queue.AddLast(new ThreadTime(), Counting(runs[0]));
        foreach (int[] counts in runs[1..])
        {
            queue.Add(new ThreadTime(), Counting(counts));
        }

        queue.Run();
        runs.ShouldAllBe(counts => counts.All(count => count == 1));
    }

    [Fact]
    public void A_failure_is_thrown_and_ends_the_rest()
    {
        var queue = new LoadQueue();
        int[] later = new int[100_000];
        queue.Add(new ThreadTime(), new PackingWork(1, (_, _) => throw new FileDefectException(TunedModelFailure.Corrupt, "here")));
        queue.Add(new ThreadTime(), Counting(later));
        Should.Throw<FileDefectException>(queue.Run).Message.ShouldBe("here");
        later.Sum().ShouldBeLessThan(later.Length);
    }

    [Fact]
    public void An_empty_queue_is_done() => Should.NotThrow(new LoadQueue().Run);

    private static PackingWork Counting(int[] counts) => new(counts.Length, (unit, _) => Interlocked.Increment(ref counts[unit]));
}
