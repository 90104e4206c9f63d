using System.Collections.Immutable;
using Attune.Compile.Quantisation.Session;

namespace Attune.Compile.Quantisation.Mixed;

/// <summary>
/// Walks along a front, the choice predicted to be fastest first, and tries choices on the whole network until one is within the budget. Between that one and
/// the last before it that was not, halving finds choices that are faster still. It goes on beyond as long as a choice is predicted to be faster than what the
/// best was measured at. Use once.
/// </summary>
/// <param name="front">The front, the fastest first.</param>
/// <param name="budget">The loss that is allowed, a share.</param>
/// <param name="judge">Measures what a choice costs.</param>
/// <param name="time">Measures the latency of a choice, which was judged just before.</param>
internal sealed class MixedWalk(
    ImmutableArray<FrontPoint> front, double budget, Func<FrontPoint, QuantisationCost> judge, Func<FrontPoint, WholeTime> time)
{
    /// <summary>Most choices that are tried one after the other; a longer front is thinned.</summary>
    public const int MaxSteps = 16;

    /// <summary>Most choices that are tried by halving.</summary>
    public const int MaxHalvings = 4;

    /// <summary>Most choices that are tried beyond the first within the budget.</summary>
    public const int MaxBeyond = 2;

    private readonly List<CandidateTrial> trials = [];
    private WholeTime? bestTime;

    /// <summary>What was tried so far, in order.</summary>
    public ImmutableArray<CandidateTrial> Trials => [.. trials];

    /// <summary>The fastest choice that was within the budget and faster than floats, and what it cost; null as long as there is none.</summary>
    public (FrontPoint Point, QuantisationCost Cost)? Best { get; private set; }

    /// <summary>Walks. What was found stays where a cancellation ends it.</summary>
    /// <param name="bytes">All layers on bytes, which are tried first: nobody should be told of something slower.</param>
    /// <param name="next">Called before every trial.</param>
    /// <exception cref="OperationCanceledException">What measures was cancelled.</exception>
    public void Run(FrontPoint bytes, Action<FrontPoint> next)
    {
        Try(bytes, next);

        // In floats everything is known already.
        int[] steps = Steps([.. front.Index().Where(entry => !entry.Item.IsFloat).Select(entry => entry.Index)]);
        int failed = -1;
        int beyond = -1;
        foreach (int step in steps)
        {
            // Beyond the first within the budget only those can be faster that are predicted to be.
            if (beyond == MaxBeyond || (bestTime is not null && front[step].PredictedMs >= bestTime.Ms))
            {
                return;
            }

            beyond += beyond < 0 ? 0 : 1;
            if (!Try(front[step], next))
            {
                failed = step;
            }
            else if (beyond < 0)
            {
                beyond = 0;
                Halve(failed, step, next);
            }
        }
    }

    private void Halve(int failed, int within, Action<FrontPoint> next)
    {
        for (int i = 0; i < MaxHalvings && within - failed > 1; i++)
        {
            int middle = (failed + within) / 2;
            (failed, within) = Try(front[middle], next) ? (failed, middle) : (middle, within);
        }
    }

    private bool Try(FrontPoint point, Action<FrontPoint> next)
    {
        if (trials.Find(trial => trial.Point == point) is { } before)
        {
            return before.IsWithin;
        }

        next(point);
        QuantisationCost cost = judge(point);
        bool within = cost.Loss <= budget;
        WholeTime? took = within ? time(point) : null;
        trials.Add(new CandidateTrial(point, cost.Loss, cost.RelativeError, within, took?.Ms));
        if (took is { IsFaster: true } && (bestTime is null || took.Ms < bestTime.Ms))
        {
            Best = (point, cost);
            bestTime = took;
        }

        return within;
    }

    private static int[] Steps(int[] all) => all.Length <= MaxSteps ? all
        : [.. Enumerable.Range(0, MaxSteps).Select(i => all[i * (all.Length - 1) / (MaxSteps - 1)])];
}
