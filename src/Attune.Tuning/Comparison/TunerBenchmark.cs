using System.Collections.Immutable;
using System.Globalization;
using Attune.Records.Lines;
using Attune.Tuning.Recorded;
using Attune.Tuning.Search;

namespace Attune.Tuning.Comparison;

/// <summary>
/// The comparison of searchers behind <c>benchmark-tuners</c>: every searcher on every recorded device with every seed at equal numbers of trials, several
/// searches at a time, finished ones kept in a journal; then bands, ranks and paired tests.
/// </summary>
public sealed class TunerBenchmark
{
    private readonly ImmutableArray<BenchmarkSpace> spaces;
    private readonly TunerBenchmarkOptions options;
    private readonly TimeProvider clock;

    /// <summary>Prepares a comparison.</summary>
    /// <param name="devices">Recorded devices, at least one, with different names; each must have a configuration that works.</param>
    /// <param name="options">What to run.</param>
    /// <param name="clock">Times the thinking; null takes the system's.</param>
    /// <exception cref="ArgumentException">An option is out of range, or the devices cannot be compared on; the message names all problems.</exception>
    public TunerBenchmark(ImmutableArray<RecordedDevice> devices, TunerBenchmarkOptions options, TimeProvider? clock = null)
        : this(devices.IsDefault ? [] : [.. devices.Select(BenchmarkSpace.Of)], options, clock)
    {
    }

    /// <summary>Prepares a comparison whose learning searchers know something beforehand.</summary>
    /// <param name="spaces">Recorded devices with history, at least one, with different names; each must have a configuration that works.</param>
    /// <param name="options">What to run.</param>
    /// <param name="clock">Times the thinking; null takes the system's.</param>
    /// <exception cref="ArgumentException">An option is out of range, or the devices cannot be compared on; the message names all problems.</exception>
    public TunerBenchmark(ImmutableArray<BenchmarkSpace> spaces, TunerBenchmarkOptions options, TimeProvider? clock = null)
    {
        this.options = options.Validated();
        this.spaces = spaces.IsDefaultOrEmpty
            ? throw new ArgumentException("A comparison of tuners needs a recorded device; name at least one file.", nameof(spaces))
            : spaces;
        this.clock = clock ?? TimeProvider.System;
        foreach (BenchmarkSpace space in spaces)
        {
            if (!double.IsFinite(space.Device.BestMs))
            {
                throw new ArgumentException(
                    $"Recorded device '{space.Name}' has no configuration that ran, so there is no optimum to compare with; leave it out.", nameof(spaces));
            }

            if (spaces.Count(other => other.Name == space.Name) > 1)
            {
                throw new ArgumentException($"Two recorded devices are called '{space.Name}'; rename one of the files.", nameof(spaces));
            }
        }
    }

    /// <summary>Runs what the journal does not hold yet, and reports.</summary>
    /// <param name="progress">Told after every search; may be null.</param>
    /// <param name="cancellation">Ends the run; what ended before is in the journal.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public TunerBenchmarkReport Run(IProgress<TunerBenchmarkProgress>? progress = null, CancellationToken cancellation = default)
    {
        Job[] jobs = [.. spaces.SelectMany(
            space => options.Tuners.SelectMany(tuner => Enumerable.Range(1, options.Seeds).Select(seed => new Job(space, tuner, seed))))];
        var races = new TunerRace?[jobs.Length];
        using KeyedLog<TunerRace>? journal = options.Folder is null ? null : RaceJournal.Open(options.Folder);
        string[] keys = [.. jobs.Select(KeyOf)];
        var open = new List<int>();
        var first = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < jobs.Length; i++)
        {
            // Spaces of one device share the searches that know no history.
            if (first.TryAdd(keys[i], i))
            {
                races[i] = journal?.Find(keys[i]) is { Curve.Length: > 0 } kept ? kept : null;
                if (races[i] is null)
                {
                    open.Add(i);
                }
            }
        }

        int total = first.Count;
        int reused = total - open.Count;
        int done = 0;
        var gate = new Lock();
        long started = clock.GetTimestamp();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Parallel ?? Environment.ProcessorCount, CancellationToken = cancellation };
        Parallel.ForEach(open, parallel, i =>
        {
            (BenchmarkSpace space, TunerEntry tuner, int seed) = jobs[i];
            TunerRace race = TunerComparison.Race(space.Device, Informed(tuner, space), seed, options.Trials, options.Batch, clock, cancellation);
            races[i] = race;
            journal?.Add(keys[i], race);
            lock (gate)
            {
                done++;
                TimeSpan elapsed = clock.GetElapsedTime(started);
                progress?.Report(new TunerBenchmarkProgress(
                    reused + done, total, reused, elapsed, elapsed / done * (open.Count - done), $"{space.Name} {tuner.Label} seed {seed}"));
            }
        });
        return RaceStatistics.Report(
            spaces, options, [.. jobs.Select((job, i) => races[first[keys[i]]]! with { Space = job.Space.Name, Tuner = job.Tuner.Label })]);
    }

    private static TunerEntry Informed(TunerEntry tuner, BenchmarkSpace space) => tuner with
    {
        Options = tuner.Options with { History = tuner.Learns ? space.History : tuner.Options.History, TaskKey = space.TaskKey },
    };

    /// <summary>Everything that decides how a search goes: a journal line counts only when all of it is the same.</summary>
    private string KeyOf(Job job)
    {
        string settings = string.Join(' ', SearcherCatalog.OptionsOf(job.Tuner.Searcher, job.Tuner.Options).Select(option => $"{option.Name}={option.Value}"));
        string start = job.Tuner.Options.Start?.ToString(CultureInfo.InvariantCulture) ?? "-";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{job.Space.Device.Name} {job.Space.Signature} {job.Space.TaskKey}|{job.Tuner.Searcher} "
            + $"{settings}|{(job.Tuner.Learns ? job.Space.HistoryName : string.Empty)}|{start} {string.Join(',', job.Tuner.Options.Suggestions)}|{job.Seed}|"
            + $"{options.Trials}|{options.Batch}");
    }

    private sealed record Job(BenchmarkSpace Space, TunerEntry Tuner, int Seed);
}
