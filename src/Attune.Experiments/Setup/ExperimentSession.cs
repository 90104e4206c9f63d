using System.Collections.Immutable;
using Attune.Experiments.Devices;
using Attune.Experiments.Latency;
using Attune.Experiments.Search;
using Attune.Kernels;
using Attune.Kernels.Backends;
using Attune.Kernels.Templates;
using Attune.Records.Lines;
using Attune.Runtime;

namespace Attune.Experiments.Setup;

/// <summary>
/// Carries an experiment out in a folder: searches in searches.jsonl, latencies in latencies.jsonl. The same experiment started again in the same folder goes
/// on where it stopped; another one in the same folder shares only what is the same.
/// </summary>
public sealed class ExperimentSession : IDisposable
{
    private readonly ExperimentOptions options;
    private readonly ITaskDevice device;
    private readonly TimeProvider clock;
    private readonly Action<string> report;
    private readonly KeyedLog<SearchTrace> searches;
    private readonly KeyedLog<LatencyRun> latencies;

    /// <summary>Opens the folder.</summary>
    /// <param name="folder">Where state is kept; made when missing.</param>
    /// <param name="options">What is compared; checked here.</param>
    /// <param name="device">What measures; stays the caller's.</param>
    /// <param name="clock">Time.</param>
    /// <param name="report">Told how far things are; called often.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="IOException">The folder cannot be used, or another experiment is running in it.</exception>
    public ExperimentSession(string folder, ExperimentOptions options, ITaskDevice device, TimeProvider clock, Action<string> report)
    {
        ImmutableArray<string> problems = options.Problems();
        if (!problems.IsEmpty)
        {
            throw new ArgumentException($"The experiment cannot run: {string.Join("; ", problems)}.", nameof(options));
        }

        this.options = options;
        this.device = device;
        this.clock = clock;
        this.report = report;
        searches = TraceFile.Open<SearchTrace>(Path.Combine(folder, "searches.jsonl"));
        latencies = TraceFile.Open<LatencyRun>(Path.Combine(folder, "latencies.jsonl"));
    }

    /// <summary>Gives history to tuners that learn from it; null when none does.</summary>
    public ITransferSource? Transfer { get; init; }

    /// <summary>
    /// Time after which no trial begins; null for no limit. Tasks that not all tuners have searched with all seeds by then are left out of the
    /// outcome, and run their default configurations in the models of all tuners; the same experiment started again goes on with them.
    /// </summary>
    public TimeSpan? SearchLimit { get; init; }

    /// <summary>The device that models run on. Default: the processors of this machine.</summary>
    public DeviceName Device { get; init; } = DeviceName.Cpu;

    /// <summary>Runs what is missing.</summary>
    /// <param name="tasks">All tasks.</param>
    /// <param name="network">Makes the fused network of a group, for its latency; null on recorded devices.</param>
    /// <param name="threads">Threads of the models.</param>
    /// <param name="cancellation">Stops; what ended is kept.</param>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async Task<ExperimentOutcome> RunAsync(
        ImmutableArray<ExperimentTask> tasks, Func<string, Network>? network, int threads, CancellationToken cancellation)
    {
        var campaign = new SearchCampaign(options, device, searches, clock, Tell) { Transfer = Transfer, Limit = SearchLimit };
        ImmutableArray<SearchTrace> traces = await campaign.RunAsync(tasks, cancellation);
        int each = options.Seeds * options.Arms.Length;
        ImmutableArray<ExperimentTask> complete =
            [.. tasks.Where(task => traces.Count(trace => trace.Group == task.Group && trace.Task == task.Tuning.Key) == each)];
        traces = [.. traces.Where(trace => complete.Any(task => trace.Group == task.Group && trace.Task == task.Tuning.Key))];
        int resumed = campaign.Resumed;
        var measured = ImmutableArray.CreateBuilder<LatencyRun>();
        if (network is not null)
        {
            // The measuring process must not compete with the models.
            await device.DisposeAsync();
            foreach (IGrouping<string, ExperimentTask> group in complete.GroupBy(task => task.Group))
            {
                for (int seed = 1; seed <= options.Seeds; seed++)
                {
                    resumed += Latencies(group, traces, seed, network, threads, measured, cancellation);
                }
            }
        }

        return new ExperimentOutcome(traces, measured.ToImmutable(), resumed) { Unfinished = tasks.Length - complete.Length, Tasks = complete };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        searches.Dispose();
        latencies.Dispose();
    }

    private int Latencies(
        IGrouping<string, ExperimentTask> group,
        ImmutableArray<SearchTrace> traces,
        int seed,
        Func<string, Network> network,
        int threads,
        ImmutableArray<LatencyRun>.Builder measured,
        CancellationToken cancellation)
    {
        var configurations = options.Arms.ToDictionary(arm => arm.Name, arm => BestConfigurations.Of(group, traces, arm.Name, seed));
        string chosen = string.Join(';', options.Arms.Select(arm => $"{arm.Name}:{SignatureOf(configurations[arm.Name])}"));
        string key = $"{device.Signature}|{group.Key}|seed {seed}|{threads} threads|{options.LatencyRuns} runs|templates {KernelTemplates.Generation}|{chosen}";
        LatencyRun[] known = [.. options.Arms.Select(arm => latencies.Find($"{key}|{arm.Name}")).OfType<LatencyRun>()];
        if (known.Length == options.Arms.Length)
        {
            measured.AddRange(known);
            return known.Length;
        }

        report($"latency {group.Key}, seed {seed} of {options.Seeds}: {options.Arms.Length} models take turns, {options.LatencyRuns} runs each");
        foreach (LatencyRun run in new LatencyTest(network(group.Key), new ModelOptions { Threads = threads, Device = Device }, clock).Run(
            group.Key, seed, configurations, options.LatencyRuns, cancellation))
        {
            latencies.Add($"{key}|{run.Arm}", run);
            measured.Add(run);
        }

        return 0;
    }

    private static string SignatureOf(IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> configurations) => SpaceText.Hash(
        configurations.OrderBy(task => task.Key, StringComparer.Ordinal)
            .Select(task => $"{task.Key}:{string.Join(',', task.Value.Select(knob => $"{knob.Key}={knob.Value}"))}"));

    private void Tell(CampaignProgress at) => report(
        $"search  {at.Searches} of {at.AllSearches} done | {at.Group} {at.Task}, {at.Arm}, seed {at.Seed}: {at.Trials} of {options.Trials} "
        + $"trials{(at.TimeLeft is { } left ? $" | about {left.TotalMinutes:0.0} min of searching left" : string.Empty)}");
}
