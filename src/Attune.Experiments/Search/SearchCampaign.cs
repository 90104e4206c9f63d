using System.Collections.Immutable;
using Attune.Experiments.Devices;
using Attune.Experiments.Setup;
using Attune.Records.Lines;
using Attune.Tuning.Search;

namespace Attune.Experiments.Search;

/// <summary>
/// All searches of an experiment: every tuner on every task with every seed. What ended is kept at once, and the same campaign started again goes on where it
/// stopped. Tuners that learn from earlier searches come last, when there are some.
/// </summary>
/// <param name="options">What is compared.</param>
/// <param name="device">What measures.</param>
/// <param name="kept">Searches that have ended.</param>
/// <param name="clock">Time.</param>
/// <param name="progress">Told after every trial.</param>
public sealed class SearchCampaign(
    ExperimentOptions options, ITaskDevice device, KeyedLog<SearchTrace> kept, TimeProvider clock, Action<CampaignProgress> progress)
{
    private readonly List<SearchTrace> done = [];
    private int started;

    /// <summary>Gives options to a tuner that learns from searches of other tasks; null when none does.</summary>
    public ITransferSource? Transfer { get; init; }

    /// <summary>
    /// Time after which no trial begins; null for no limit. The search under way is given up: what it measured is known
    /// when the same campaign is started again.
    /// </summary>
    public TimeSpan? Limit { get; init; }

    /// <summary>Searches taken over from an earlier run.</summary>
    public int Resumed { get; private set; }

    /// <summary>Runs all searches that are missing.</summary>
    /// <param name="tasks">The tasks.</param>
    /// <param name="cancellation">Stops; what ended is kept.</param>
    /// <returns>All searches, ordered by task, seed and arm; those that ended within <see cref="Limit"/>.</returns>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    /// <exception cref="ArgumentException">A tuner's options are wrong.</exception>
    public async Task<ImmutableArray<SearchTrace>> RunAsync(ImmutableArray<ExperimentTask> tasks, CancellationToken cancellation)
    {
        int all = tasks.Length * options.Seeds * options.Arms.Length;
        TimeSpan spent = TimeSpan.Zero;
        long begin = clock.GetTimestamp();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        foreach (bool learns in new[] { false, true })
        {
            SearchArm[] arms = [.. options.Arms.Where(arm => (Transfer?.Serves(arm) ?? false) == learns)];
            foreach ((ExperimentTask task, int seed, SearchArm arm) in Order(tasks, arms))
            {
                string key = KeyOf(task, arm, seed);
                if (kept.Find(key) is { } earlier)
                {
                    Resumed++;
                    done.Add(earlier);
                    continue;
                }

                if (clock.GetElapsedTime(begin) >= Limit)
                {
                    continue;
                }

                long start = clock.GetTimestamp();
                TimeSpan? left = started == 0 ? null : spent / started * (all - done.Count);
                int trials = 0;
                SearchTrace trace;
                try
                {
                    trace = await new SearchRun(options.Trials, options.Batch, clock).RunAsync(
                        device, task, arm, seed, Prepared(task, arm, seed, learns), Told, stop.Token);
                }
                catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
                {
                    continue;
                }

                spent += clock.GetElapsedTime(start);
                started++;
                kept.Add(key, trace);
                done.Add(trace);

                void Told()
                {
                    progress(new CampaignProgress(task.Group, task.Tuning.Name, arm.Name, seed, done.Count, all, ++trials, left));
                    if (clock.GetElapsedTime(begin) >= Limit)
                    {
                        stop.Cancel();
                    }
                }
            }
        }

        return [.. done];
    }

    private IEnumerable<(ExperimentTask Task, int Seed, SearchArm Arm)> Order(ImmutableArray<ExperimentTask> tasks, SearchArm[] arms) =>
        from task in tasks
        from seed in Enumerable.Range(1, options.Seeds)
        from arm in seed % 2 == 1 ? arms : arms.Reverse()
        select (task, seed, arm);

    private SearcherOptions Prepared(ExperimentTask task, SearchArm arm, int seed, bool learns)
    {
        SearcherOptions plain = arm.SearcherOptions(seed, options.Trials);
        return learns ? Transfer!.Prepare(task, arm, plain, done) : plain;
    }

    private string KeyOf(ExperimentTask task, SearchArm arm, int seed) =>
        $"{device.Signature}|{task.Group}|{task.Tuning.Key}|{task.SpaceSignature}|{arm.Name}={arm.Tuner}({string.Join(',', arm.Options)})|patience "
        + $"{arm.Patience}|trials {options.Trials}|batch {options.Batch}|seed {seed}";
}
