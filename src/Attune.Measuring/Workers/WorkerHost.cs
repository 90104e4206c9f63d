using System.Collections.Concurrent;
using Attune.Records;

namespace Attune.Measuring.Workers;

/// <summary>
/// The worker's side: reads requests, measures one candidate at a time, replies. Ends when its input ends, that is when the parent closes it or dies.
/// Exceptions of a candidate become outcomes; what kills or hangs the process is the parent's to notice.
/// </summary>
public sealed class WorkerHost
{
    private readonly Stream output;
    private readonly CandidateTrials measuring;

    private WorkerHost(Stream output, ICandidateFactory factory, WorkerHostOptions options)
    {
        this.output = output;
        measuring = new CandidateTrials(factory, options.Clock);
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
            result = measuring.Measure(request.Candidate, request.Options, stage => Send(new WorkerReply(request.Id, stage)));
        }
        catch (OutOfMemoryException exception)
        {
            result = MeasureResult.Failed(Outcome.Crash, $"The worker ran out of memory: {exception.Message}");
        }

        Send(new WorkerReply(request.Id, WorkerStage.Done, result));
    }

    private void Send(WorkerReply reply)
    {
        output.Write(WorkerProtocol.Encode(reply));
        output.Flush();
    }
}
