namespace Attune.Tuning.Run;

/// <summary>
/// Fits a choice inside the model into its time: learns from what was done what compiling a model and a turn of it cost, and says how many fit.
/// </summary>
/// <param name="clock">Time; the choice starts now.</param>
/// <param name="limit">Time to spend, or null for no limit.</param>
/// <param name="expected">What the steps cost by what is known beforehand.</param>
internal sealed class SelectionPace(TimeProvider clock, TimeSpan? limit, FinishCosts expected)
{
    private readonly long start = clock.GetTimestamp();
    private (TimeSpan Sum, int Count) compiling;
    private (TimeSpan Sum, int Count) turning;

    private TimeSpan Compile => compiling.Count == 0 ? expected.Compile : compiling.Sum / compiling.Count;

    private TimeSpan Turn => turning.Count == 0 ? expected.Turn : turning.Sum / turning.Count;

    /// <summary>Does a part of the work that compiles one model.</summary>
    public T Compiling<T>(Func<T> work) => Timed(work, ref compiling);

    /// <summary>Does a part of the work that times one model in one turn.</summary>
    public T Turning<T>(Func<T> work) => Timed(work, ref turning);

    /// <summary>How many models, each timed in some rounds, fit into a share of what is left; at least two.</summary>
    /// <param name="wanted">The most that are wanted.</param>
    /// <param name="rounds">Turns of each.</param>
    /// <param name="share">Share of the time left, 0 to 1.</param>
    public int Models(int wanted, int rounds, double share) => Fitting(FinishPlan.MinModels, wanted, share, Compile + (rounds * Turn), TimeSpan.Zero);

    /// <summary>How many rounds of some models fit into what is left; at least three.</summary>
    /// <param name="models">The models.</param>
    /// <param name="wanted">The most rounds that are wanted.</param>
    public int Rounds(int models, int wanted) => Fitting(FinishPlan.MinRounds, wanted, 1, models * Turn, models * Compile);

    /// <summary>True when some models in some rounds leave time for others in others.</summary>
    public bool Affords((int Models, int Rounds) now, (int Models, int Rounds) later) => limit is null || Cost(now) + Cost(later) <= Left;

    private TimeSpan Left => limit is { } max ? max - clock.GetElapsedTime(start) : TimeSpan.MaxValue;

    private TimeSpan Cost((int Models, int Rounds) work) => work.Models * (Compile + (work.Rounds * Turn));

    private int Fitting(int min, int max, double share, TimeSpan each, TimeSpan fixedCost)
    {
        if (limit is null || each <= TimeSpan.Zero)
        {
            return max;
        }

        double fitting = ((share * Left) - fixedCost) / each;
        return (int)Math.Clamp(fitting, Math.Min(min, max), max);
    }

    private T Timed<T>(Func<T> work, ref (TimeSpan Sum, int Count) total)
    {
        long from = clock.GetTimestamp();
        T result = work();
        total = (total.Sum + clock.GetElapsedTime(from), total.Count + 1);
        return result;
    }
}
