using System.Collections.Concurrent;
using Attune.Records;

namespace Attune.Measuring;

/// <summary>
/// The worker's side: reads requests, measures one candidate at a time, replies. Ends when its input ends, that is when the parent closes it or dies.
/// Exceptions of a candidate become outcomes; what kills or hangs the process is the parent's to notice.
/// </summary>
public sealed class WorkerHost
{
    private readonly Stream output;
    private readonly ICandidateFactory factory;
    private readonly WorkerHostOptions options;
    private (string Task, int Threads)? prepared;
    private long calibratedAt;
    private double calibrationMs;

    private WorkerHost(Stream output, ICandidateFactory factory, WorkerHostOptions options)
    {
        this.output = output;
        this.factory = factory;
        this.options = options;
    }

    /// <summary>Serves requests until the input ends. The caller keeps and disposes the factory.</summary>
    /// <param name="input">Requests; the process's standard input.</param>
    /// <param name="output">Replies; the process's standard output.</param>
    /// <param name="factory">Builds candidates.</param>
    /// <param name="options">Clock and orphan handling; null for the defaults.</param>
    public static void Run(Stream input, Stream output, ICandidateFactory factory, WorkerHostOptions? options = null)
    {
        options ??= new WorkerHostOptions();
        var host = new WorkerHost(output, factory, options);
        using var requests = new BlockingCollection<WorkerRequest>();
        int outstanding = 0;
        var reader = new Thread(() =>
        {
            Receive(input, request =>
            {
                Interlocked.Increment(ref outstanding);
                requests.Add(request);
            });
            requests.CompleteAdding();
            if (Volatile.Read(ref outstanding) != 0)
            {
                options.Orphaned();
            }
        })
        { IsBackground = true, Name = "worker input" };
        try
        {
            host.Send(new WorkerReply(0, WorkerStage.Ready));
            reader.Start();
            foreach (WorkerRequest request in requests.GetConsumingEnumerable())
            {
                host.Serve(request);
                Interlocked.Decrement(ref outstanding);
            }

            reader.Join();
        }
        catch (IOException)
        {
            // The parent closed our output: nobody is left to serve, which is the normal end as well.
            return;
        }
    }

    private static void Receive(Stream input, Action<WorkerRequest> accept)
    {
        try
        {
            var lines = new LineReader(input, WorkerProtocol.LongestLine);
            while (lines.NextAsync().AsTask().GetAwaiter().GetResult() is { } line)
            {
                if (WorkerProtocol.DecodeRequest(line.Span) is { } request)
                {
                    accept(request);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // A broken pipe ends the requests just as a closed one does.
            return;
        }
    }

    private void Serve(WorkerRequest request)
    {
        MeasureResult result;
        try
        {
            result = Measure(request);
        }
        catch (OutOfMemoryException exception)
        {
            result = MeasureResult.Failed(Outcome.Crash, $"The worker ran out of memory: {exception.Message}");
        }

        Send(new WorkerReply(request.Id, WorkerStage.Done, result));
    }

    private MeasureResult Measure(WorkerRequest request)
    {
        MeasureRequest wanted = request.Candidate;
        if (Prepare(request) is { } refusal)
        {
            return refusal;
        }

        Calibrate(request.Options);
        Send(new WorkerReply(request.Id, WorkerStage.Building));
        long start = options.Clock.GetTimestamp();
        CandidateResult built;
        try
        {
            built = factory.Build(wanted.Task, wanted.Knobs, wanted.Threads);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            built = CandidateResult.CompileError(Describe(exception));
        }

        double compileMs = Math.Max(0, options.Clock.GetElapsedTime(start).TotalMilliseconds - built.DataMs);
        if (built.Candidate is not { } candidate)
        {
            return MeasureResult.Failed(built.Outcome, built.Message ?? "The candidate could not be built.", compileMs) with { CalibrationMs = calibrationMs };
        }

        using (candidate)
        {
            return Execute(request, candidate, compileMs);
        }
    }

    private MeasureResult Execute(WorkerRequest request, ICandidate candidate, double compileMs)
    {
        string activity = "running";
        try
        {
            Send(new WorkerReply(request.Id, WorkerStage.Running));
            double? best = request.Candidate.BestMs;
            Timing timing = new TimingProtocol(request.Options, options.Clock).Measure(candidate.Run, best);

            // A candidate may become best only after it was compared with the reference; one that cannot is not worth the comparison.
            if (timing.CutShort || timing.MedianMs > request.Options.FutilityFactor * best)
            {
                return new MeasureResult(Outcome.CutShort, timing.TimesMs, timing.MedianMs, compileMs, calibrationMs, null);
            }

            activity = "verifying";
            Send(new WorkerReply(request.Id, WorkerStage.Verifying));
            double error = candidate.Verify();
            return error <= 1
                ? new MeasureResult(Outcome.Ok, timing.TimesMs, timing.MedianMs, compileMs, calibrationMs, null)
                : MeasureResult.Failed(Outcome.WrongResult, $"The output differs from the reference by {error:G3} times the tolerance.", compileMs) with { CalibrationMs = calibrationMs };
        }
        catch (Exception exception) when (exception is not (OutOfMemoryException or IOException))
        {
            return MeasureResult.Failed(Outcome.Crash, $"{Describe(exception)} (while {activity} the kernel)", compileMs) with { CalibrationMs = calibrationMs };
        }
    }

    private MeasureResult? Prepare(WorkerRequest request)
    {
        MeasureRequest wanted = request.Candidate;
        if (prepared == (wanted.Task, wanted.Threads))
        {
            return null;
        }

        Send(new WorkerReply(request.Id, WorkerStage.Preparing));
        try
        {
            prepared = null;
            factory.Prepare(wanted.Task, wanted.Threads);
            prepared = (wanted.Task, wanted.Threads);
            return null;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return MeasureResult.Failed(Outcome.Invalid, $"The task '{wanted.Task}' could not be prepared: {Describe(exception)}");
        }
    }

    private void Calibrate(MeasureOptions how)
    {
        if (calibrationMs == 0 || options.Clock.GetElapsedTime(calibratedAt).TotalMilliseconds >= how.CalibrateEveryMs)
        {
            calibrationMs = CalibrationKernel.TimeMs(options.Clock);
            calibratedAt = options.Clock.GetTimestamp();
        }
    }

    private void Send(WorkerReply reply)
    {
        output.Write(WorkerProtocol.Encode(reply));
        output.Flush();
    }

    private static string Describe(Exception exception) => $"{exception.GetType().Name}: {exception.Message}";
}
