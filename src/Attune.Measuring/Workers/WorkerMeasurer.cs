using Attune.Records;

namespace Attune.Measuring.Workers;

/// <summary>
/// Measures candidates in a worker process that is started once, kept warm, and replaced when it dies, hangs, takes too much memory or has served long
/// enough. Whatever a candidate does is an outcome of that candidate; only a worker that cannot be started at all is an exception.
/// </summary>
public sealed class WorkerMeasurer : IMeasurer
{
    // How often memory is looked at while a worker is at work; a page takes about 0.1 us to touch, so a worker gains at most about 1 GB between two looks.
    private static readonly TimeSpan WatchInterval = TimeSpan.FromMilliseconds(50);

    private readonly WorkerSettings settings;
    private WorkerProcess? worker;
    private long requests;
    private int measuring;

    /// <summary>Makes a measurer; the first worker starts with the first measurement or with <see cref="StartAsync"/>.</summary>
    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    public WorkerMeasurer(WorkerSettings settings)
    {
        settings.Validate();
        this.settings = settings;
    }

    /// <summary>Workers started so far; more than one means that some died, hung or were recycled.</summary>
    public int Starts { get; private set; }

    /// <summary>Process id of the current worker, or null.</summary>
    public int? WorkerId => worker?.Id;

    /// <summary>Starts the worker ahead of the first measurement, which then finds it warm.</summary>
    /// <exception cref="WorkerUnavailableException">It does not start.</exception>
    public async Task StartAsync(CancellationToken cancellation) => await ReadyWorkerAsync(cancellation);

    /// <inheritdoc/>
    /// <exception cref="WorkerUnavailableException">No worker starts, several attempts in a row.</exception>
    /// <exception cref="InvalidOperationException">Another measurement is under way.</exception>
    public async Task<MeasureResult> MeasureAsync(MeasureRequest request, CancellationToken cancellation)
    {
        if (Interlocked.Exchange(ref measuring, 1) != 0)
        {
            throw new InvalidOperationException("A measurer serves one caller at a time.");
        }

        try
        {
            WorkerProcess ready = await ReadyWorkerAsync(cancellation);
            var message = new WorkerRequest(++requests, request, settings.Measuring);
            await ready.SendAsync(message, cancellation);
            return await AwaitResultAsync(ready, message, cancellation);
        }
        catch (OperationCanceledException)
        {
            await DropAsync(kill: true);
            throw;
        }
        finally
        {
            Volatile.Write(ref measuring, 0);
        }
    }

    /// <summary>Ends the worker.</summary>
    public async ValueTask DisposeAsync() => await DropAsync(kill: false);

    private async Task<MeasureResult> AwaitResultAsync(WorkerProcess ready, WorkerRequest request, CancellationToken cancellation)
    {
        long id = request.Id;
        WorkerStage stage = WorkerStage.Ready;
        long since = settings.Clock.GetTimestamp();
        Task<bool> readable = ready.Replies.WaitToReadAsync(cancellation).AsTask();
        while (true)
        {
            TimeSpan left = LimitOf(stage) - settings.Clock.GetElapsedTime(since);
            TimeSpan wait = left < WatchInterval ? left : WatchInterval;
            if (left <= TimeSpan.Zero)
            {
                await DropAsync(kill: true);
                return MeasureResult.Failed(Outcome.TimeOut, $"Did not finish within {LimitOf(stage).TotalSeconds:G3} s (it was {Activity(stage)}).");
            }

            if (!await HappensWithinAsync(readable, wait, cancellation))
            {
                if (settings.MemoryLimitBytes > 0 && ready.ResidentBytes() is long resident && resident > settings.MemoryLimitBytes)
                {
                    await DropAsync(kill: true);
                    return MeasureResult.Failed(
                        Outcome.Crash,
                        $"The worker took {resident >> 20} MiB of memory while {Activity(stage)}; the limit is {settings.MemoryLimitBytes >> 20} MiB.");
                }

                continue;
            }

            if (!await readable)
            {
                string end = await ready.DescribeEndAsync();
                await DropAsync(kill: true);
                return MeasureResult.Failed(Outcome.Crash, $"The worker died while {Activity(stage)}: it {end}");
            }

            while (ready.Replies.TryRead(out WorkerReply? reply))
            {
                if (reply.Id == id && reply.Result is { } result)
                {
                    // A kernel that failed in mid-run may have written anywhere: nothing this process measures from now on can be trusted.
                    if (result.Outcome == Outcome.Crash)
                    {
                        await DropAsync(kill: true);
                    }

                    return result;
                }

                // Building, running and verifying share one limit, counted from the start of building. Checking hundreds of runs is no part of it.
                if (reply.Id != id)
                {
                    continue;
                }

                stage = reply.Stage;
                if (stage is WorkerStage.Preparing or WorkerStage.Building || (stage == WorkerStage.Verifying && request.Candidate.CheckedRuns > 0))
                {
                    since = settings.Clock.GetTimestamp();
                }
            }

            readable = ready.Replies.WaitToReadAsync(cancellation).AsTask();
        }
    }

    private async Task<WorkerProcess> ReadyWorkerAsync(CancellationToken cancellation)
    {
        if (worker is not null && worker.Served >= settings.RecycleAfter)
        {
            await DropAsync(kill: false);
        }

        // A worker that died between two candidates is no candidate's fault.
        if (worker is not null && worker.Replies.Completion.IsCompleted)
        {
            await DropAsync(kill: true);
        }

        string failure = string.Empty;
        for (int attempt = 0; worker is null && attempt < settings.StartAttempts; attempt++)
        {
            WorkerProcess started = WorkerProcess.Start(settings.Command);
            Starts++;
            worker = started;
            Task<bool> readable = started.Replies.WaitToReadAsync(cancellation).AsTask();
            bool answered = await HappensWithinAsync(readable, settings.StartLimit, cancellation);
            if (answered && await readable && started.Replies.TryRead(out _))
            {
                break;
            }

            failure = answered ? await started.DescribeEndAsync() : $"did not report ready within {settings.StartLimit.TotalSeconds:G3} s";
            await DropAsync(kill: true);
        }

        return worker ?? throw new WorkerUnavailableException(
            $"The worker '{settings.Command}' did not start, {settings.StartAttempts} times in a row: it {failure}");
    }

    private async Task<bool> HappensWithinAsync(Task<bool> readable, TimeSpan limit, CancellationToken cancellation)
    {
        try
        {
            await readable.WaitAsync(limit, settings.Clock, cancellation);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private async Task DropAsync(bool kill)
    {
        WorkerProcess? dropped = worker;
        worker = null;
        if (dropped is null)
        {
            return;
        }

        if (kill)
        {
            dropped.Kill();
        }

        await dropped.DisposeAsync();
    }

    private TimeSpan LimitOf(WorkerStage stage) => stage == WorkerStage.Preparing ? settings.PrepareLimit : settings.CandidateLimit;

    private static string Activity(WorkerStage stage) => stage switch
    {
        WorkerStage.Preparing => "preparing the task",
        WorkerStage.Building => "building the kernel",
        WorkerStage.Running => "running the kernel",
        WorkerStage.Verifying => "verifying the kernel",
        _ => "waiting for the candidate",
    };
}
