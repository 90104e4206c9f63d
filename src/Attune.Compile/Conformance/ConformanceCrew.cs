using System.Collections.Immutable;
using Attune.Devices.Cpu;
using Attune.Graph.Conformance;
using Attune.Measuring.Lines;
using Attune.Measuring.Workers;

namespace Attune.Compile.Conformance;

/// <summary>
/// Runs tests in worker processes, several at the same time. A test whose worker ends or does not answer has failed; the next one gets a new worker.
/// </summary>
/// <param name="worker">How a worker is started.</param>
/// <param name="clock">Time.</param>
public sealed class ConformanceCrew(WorkerCommand worker, TimeProvider clock)
{
    private const int MaxWorkers = 8;

    // Starting a worker costs about as much as this many tests.
    private const int TestsPerWorker = 16;

    /// <summary>How long one test may take on one path.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Runs every test on every path.</summary>
    /// <param name="tests">The tests.</param>
    /// <param name="paths">Names of the paths.</param>
    /// <param name="progress">Called with each verdict as soon as it is known, from any thread.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="WorkerUnavailableException">No worker can be started.</exception>
    /// <exception cref="OperationCanceledException">The user interrupted.</exception>
    public async Task<ConformanceReport> RunAsync(
        ImmutableArray<ConformanceCase> tests, ImmutableArray<string> paths, Action<ConformanceVerdict> progress, CancellationToken cancellation)
    {
        var verdicts = new ConformanceVerdict[tests.Length * paths.Length];
        int next = -1;
        int workers = Math.Clamp(verdicts.Length / TestsPerWorker, 1, Math.Min(MaxWorkers, UsableProcessors.Count));
        await Task.WhenAll(Enumerable.Range(0, workers).Select(_ => ServeAsync()));
        return new ConformanceReport([.. verdicts]);

        async Task ServeAsync()
        {
            LineProcess? process = null;
            try
            {
                for (int i = Interlocked.Increment(ref next); i < verdicts.Length; i = Interlocked.Increment(ref next))
                {
                    process ??= LineProcess.Start(worker);
                    ConformanceCase test = tests[i / paths.Length];
                    var request = new ConformanceRequest(test.Name, test.Folder, paths[i % paths.Length]);
                    (verdicts[i], bool usable) = await AskAsync(process, request, cancellation);
                    progress(verdicts[i]);
                    if (!usable)
                    {
                        await process.DisposeAsync();
                        process = null;
                    }
                }
            }
            finally
            {
                await (process?.DisposeAsync() ?? ValueTask.CompletedTask);
            }
        }
    }

    private async Task<(ConformanceVerdict Verdict, bool Usable)> AskAsync(LineProcess process, ConformanceRequest request, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(Timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        string end;
        try
        {
            string? answer = await process.AskAsync(request.Encode(), either.Token);
            if (answer is not null && ConformanceRequest.DecodeVerdict(answer) is { } verdict)
            {
                return (verdict, true);
            }

            end = answer is null ? WithoutTrace(await process.DescribeEndAsync()) : $"answered something that is no verdict: {answer}";
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            end = $"did not answer within {Timeout.TotalSeconds:0} seconds";
        }

        return (ConformanceVerdict.Failed(request.Test, request.Path, $"The process that ran it {end.TrimEnd('.')}."), false);
    }

    // A runtime that dies prints where it was, frame by frame; one line of a list has no room for that.
    private static string WithoutTrace(string end) =>
        string.Join(' ', end.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0 && !line.StartsWith("at ", StringComparison.Ordinal)));
}
