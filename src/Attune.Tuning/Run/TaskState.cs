using System.Collections.Immutable;
using Attune.Measuring;
using Attune.Records;
using Attune.Tuning.Search;

namespace Attune.Tuning.Run;

/// <summary>A task in the middle of a run.</summary>
internal sealed class TaskState(TuningTask task, SearchLoop loop, TuningOptions options)
{
    // The best of a class this much slower than the best of all is not worth a place inside the model.
    private const double Slowest = 2.5;

    private readonly Dictionary<long, double> timesMs = [];
    private readonly SortedDictionary<Outcome, int> outcomes = [];
    private readonly HashSet<long> disqualified = [];
    private readonly HashSet<long> confirmed = [];
    private readonly Dictionary<long, int> visits = [];

    // Best time after every round (a batch, or the default alone), for the scheduler.
    private readonly List<double> bestAfterRound = [];
    private int trialOfBest;
    private int failuresInARow;

    public TuningTask Task => task;

    public SearchLoop Loop => loop;

    public int Trials { get; private set; }

    public IReadOnlyList<double> BestAfterRound => bestAfterRound;

    public (long Index, double Ms)? Best { get; private set; }

    public TaskEnd End { get; private set; }

    public string? LastFailure { get; private set; }

    /// <summary>Times of the final measurement by point; empty before it.</summary>
    public Dictionary<long, List<double>> FinalTimes { get; } = [];

    public FinalChoice? Final => FinalChoice.Of(FinalTimes, task.DefaultIndex);

    /// <summary>The point to use as far as is known; null when nothing works.</summary>
    public (long Index, double Ms)? Chosen => Final is { } final ? (final.Index, final.Ms) : Best;

    /// <summary>True when hundreds of runs of the point were compared with the reference.</summary>
    public bool IsConfirmed(long index) => confirmed.Contains(index);

    public void Confirm(long index) => confirmed.Add(index);

    /// <summary>How often the point was measured or checked in this run before; counts this time.</summary>
    public int NextVisit(long index) => (visits[index] = visits.GetValueOrDefault(index) + 1) - 1;

    /// <summary>True when the point was measured before, in this run or an earlier one.</summary>
    public bool Knows(long index) => timesMs.ContainsKey(index);

    /// <summary>Takes a measurement in; false when the point was known.</summary>
    public bool Add(long index, MeasureResult result)
    {
        bool isCorrect = IsCorrect(index, result);
        if (!timesMs.TryAdd(index, isCorrect ? result.MedianMs : double.PositiveInfinity))
        {
            return false;
        }

        Trials++;
        outcomes[result.Outcome] = outcomes.GetValueOrDefault(result.Outcome) + 1;
        if (isCorrect && (Best is not { } best || result.MedianMs < best.Ms))
        {
            Best = (index, result.MedianMs);
            trialOfBest = Trials;
        }

        if (result.Outcome == Outcome.WrongResult)
        {
            Disqualify(index, result.Message);
        }

        LastFailure = result.Message ?? LastFailure;
        failuresInARow = result.Outcome is Outcome.Ok or Outcome.CutShort ? 0 : failuresInARow + 1;
        return true;
    }

    /// <summary>Takes the time of a point in that no searcher asked for; it counts as no trial.</summary>
    public void AddSibling(long index, MeasureResult result) =>
        timesMs.TryAdd(index, IsCorrect(index, result) ? result.MedianMs : double.PositiveInfinity);

    /// <summary>Rules a point out for good: it gave a wrong result, now or in an earlier run.</summary>
    public void Disqualify(long index, string? message)
    {
        disqualified.Add(index);
        confirmed.Remove(index);
        FinalTimes.Remove(index);
        LastFailure = message ?? LastFailure;
        if (timesMs.ContainsKey(index))
        {
            timesMs[index] = double.PositiveInfinity;
        }

        if (Best?.Index == index)
        {
            long[] others = Fastest();
            Best = others.Length == 0 ? null : (others[0], timesMs[others[0]]);
        }
    }

    public bool IsDisqualified(long index) => disqualified.Contains(index);

    /// <summary>Points of other classes that are like the best one and have not been measured.</summary>
    public long[] UnknownSiblings() =>
        Best is { } best && task.Siblings is { } siblings ? [.. siblings(task.Space[best.Index]).Where(index => !Knows(index))] : [];

    /// <summary>Ends a round: remembers the best and decides whether the task goes on. True when it just ended.</summary>
    public bool EndRound(bool exhausted)
    {
        bestAfterRound.Add(Best?.Ms ?? double.PositiveInfinity);
        End = exhausted ? TaskEnd.Exhausted
            : failuresInARow >= options.FailuresInARow ? TaskEnd.Failing
            : Trials - trialOfBest >= options.Patience ? TaskEnd.Converged
            : TaskEnd.None;
        return End != TaskEnd.None;
    }

    /// <summary>The default and the fastest points, the fastest first; empty when there is nothing to choose between.</summary>
    public long[] Finalists(int count)
    {
        IEnumerable<long> fastest = Fastest().Take(count);
        bool defaultWorks = timesMs.TryGetValue(task.DefaultIndex, out double ms) && double.IsFinite(ms);
        long[] finalists = [.. fastest.Concat(defaultWorks ? [task.DefaultIndex] : []).Distinct()];
        return finalists.Length > 1 ? finalists : [];
    }

    public TaskReport Report()
    {
        double? defaultMs = timesMs.TryGetValue(task.DefaultIndex, out double ms) && double.IsFinite(ms) ? ms : null;
        return new TaskReport(
            task,
            Trials,
            Chosen?.Index ?? task.DefaultIndex,
            Chosen?.Ms,
            Final is null ? defaultMs : Final.DefaultMs ?? defaultMs,
            Final is not null,
            End,
            outcomes.ToImmutableSortedDictionary(),
            LastFailure)
        {
            Finalists = InModelFinalists(),
            Confirmed = [.. confirmed],
            Disqualified = [.. disqualified],
        };
    }

    private bool IsCorrect(long index, MeasureResult result) => result.Outcome == Outcome.Ok && result.MedianMs > 0 && !IsDisqualified(index);

    private long[] Fastest() =>
        [.. timesMs.Where(pair => double.IsFinite(pair.Value)).OrderBy(pair => pair.Value).ThenBy(pair => pair.Key).Select(pair => pair.Key)];

    private ImmutableArray<Finalist> InModelFinalists()
    {
        long best = Chosen?.Index ?? task.DefaultIndex;
        long[] fastest = Fastest();
        double max = fastest.Length == 0 ? 0 : Slowest * timesMs[fastest[0]];
        IEnumerable<long> perClass = task.ClassOf is { } classOf
            ? fastest.Where(index => timesMs[index] <= max).GroupBy(index => classOf(task.Space[index])).Select(group => group.First())
            : [];
        return
        [
            .. perClass.Prepend(best).Concat(fastest.Take(2)).Append(task.DefaultIndex).Distinct().Where(index => !IsDisqualified(index))
                .Select(index => new Finalist(index, index == Final?.Index ? Final.Ms : timesMs.GetValueOrDefault(index, double.PositiveInfinity))),
        ];
    }
}
