using System.Diagnostics;
using Attune.Kernels.Templates;

namespace Attune.Runtime.Execution;

/// <summary>
/// What loading a model has to do, cut into units that are independent of each other: run in order of adding, by several threads that each take the next one.
/// </summary>
/// <param name="cancellation">Stops before the next unit.</param>
/// <param name="maxHelpers">Most threads beside the calling one.</param>
internal sealed class LoadQueue(CancellationToken cancellation, int maxHelpers = LoadQueue.MaxThreads - 1)
{
    private const int MaxThreads = 4;
    private readonly List<Job> jobs = [];
    private readonly List<Job> last = [];
    private Exception? failure;
    private int current;

    /// <summary>Adds work.</summary>
    /// <param name="spent">Receives the time that threads spent on it, in ticks of <see cref="Stopwatch"/>.</param>
    /// <param name="work">The work.</param>
    public void Add(ThreadTime spent, PackingWork work) => jobs.Add(new Job(spent, work));

    /// <summary>Adds work that is begun when nothing else is left.</summary>
    public void AddLast(ThreadTime spent, PackingWork work) => last.Add(new Job(spent, work));

    /// <summary>Runs everything that was added; returns when all is done.</summary>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public void Run()
    {
        jobs.AddRange(last);
        int helpers = Math.Min(Environment.ProcessorCount - 1, maxHelpers);
        var threads = new Thread[helpers];
        for (int i = 0; i < helpers; i++)
        {
            threads[i] = new Thread(Drain) { IsBackground = true, Name = "attune load" };
            threads[i].Start();
        }

        Drain();
        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        if (failure is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        }
    }

    private void Drain()
    {
        using var slab = new PackingSlab();
        for (int job = Volatile.Read(ref current); job < jobs.Count; job = Volatile.Read(ref current))
        {
            if (!Step(jobs[job], slab))
            {
                // Whoever finds a job used up moves on; those who come late find that it has been moved already.
                Interlocked.CompareExchange(ref current, job + 1, job);
            }
        }
    }

    private bool Step(Job job, PackingSlab slab)
    {
        int unit = Interlocked.Increment(ref job.Next) - 1;
        if (unit >= job.Work.Units || Volatile.Read(ref failure) is not null)
        {
            return false;
        }

        long start = Stopwatch.GetTimestamp();
        try
        {
            cancellation.ThrowIfCancellationRequested();
            job.Work.Run(unit, slab);
        }
        catch (Exception exception)
        {
            Interlocked.CompareExchange(ref failure, exception, null);
        }

        job.Spent.Add(Stopwatch.GetTimestamp() - start);
        return true;
    }

    private sealed class Job(ThreadTime spent, PackingWork work)
    {
        public int Next;

        public ThreadTime Spent { get; } = spent;

        public PackingWork Work { get; } = work;
    }
}
