using Attune.Kernels.Templates;
using Attune.Runtime.Execution;
using Attune.Runtime.Files;

namespace Attune.Runtime.Tests.Execution;

public sealed class LoadQueueTests
{
    [Fact]
    public void Every_unit_runs_once()
    {
        var queue = new LoadQueue(CancellationToken.None);
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
        var queue = new LoadQueue(CancellationToken.None);
        int[] later = new int[100_000];
        queue.Add(new ThreadTime(), new PackingWork(1, (_, _) => throw new FileDefectException(TunedModelFailure.Corrupt, "here")));
        queue.Add(new ThreadTime(), Counting(later));
        Should.Throw<FileDefectException>(queue.Run).Message.ShouldBe("here");
        later.Sum().ShouldBeLessThan(later.Length);
    }

    [Fact]
    public void An_empty_queue_is_done() => Should.NotThrow(new LoadQueue(CancellationToken.None).Run);

    [Fact]
    public void A_queue_that_is_stopped_begins_nothing_more()
    {
        using var stop = new CancellationTokenSource();
        var queue = new LoadQueue(stop.Token);
        int begun = 0;
        queue.Add(new ThreadTime(), new PackingWork(1000, (_, _) =>
        {
            Interlocked.Increment(ref begun);
            stop.Cancel();
        }));
        Should.Throw<OperationCanceledException>(queue.Run);
        begun.ShouldBeLessThan(1000);
    }

    private static PackingWork Counting(int[] counts) => new(counts.Length, (unit, _) => Interlocked.Increment(ref counts[unit]));
}
