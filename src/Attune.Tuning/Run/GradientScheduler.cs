namespace Attune.Tuning.Run;

/// <summary>
/// Gives the next batch to the task with the steepest expected gain of model latency (Ansor's task scheduler, OSDI 2020, section 6). The expected gain of a
/// round blends what the last rounds gained with an optimistic forecast: the best time falls to g - g/t after t rounds, or to what the family's best FLOP/s
/// times a slack of 2 would give. Weighted by the task's occurrences. Tasks without any time come first. Pure.
/// </summary>
internal static class GradientScheduler
{
    private const double History = 0.2;
    private const double FamilySlack = 2;
    private const int Window = 3;

    /// <summary>The task to go on with, or null when all have ended.</summary>
    public static TaskState? Next(IReadOnlyList<TaskState> tasks)
    {
        TaskState? chosen = null;
        double steepest = double.NegativeInfinity;
        foreach (TaskState state in tasks)
        {
            if (state.End == TaskEnd.None)
            {
                double gain = ExpectedGain(state, tasks);
                if (chosen is null || gain > steepest || (gain.Equals(steepest) && state.Trials < chosen.Trials))
                {
                    chosen = state;
                    steepest = gain;
                }
            }
        }

        return chosen;
    }

    /// <summary>Expected gain of one more round in milliseconds of model latency.</summary>
    internal static double ExpectedGain(TaskState state, IReadOnlyList<TaskState> tasks)
    {
        IReadOnlyList<double> bests = state.BestAfterRound;
        if (bests.Count == 0 || !double.IsFinite(bests[^1]))
        {
            return double.PositiveInfinity;
        }

        double now = bests[^1];
        int back = Math.Min(Window, bests.Count - 1);
        double before = bests[^(back + 1)];
        double recent = back == 0 || !double.IsFinite(before) ? 0 : (before - now) / back;
        double forecast = now / bests.Count;
        if (FamilyRate(state, tasks) is { } rate && state.Task.Flops > 0)
        {
            forecast = Math.Max(forecast, now - (FamilySlack * state.Task.Flops / rate));
        }

        return state.Task.Weight * ((History * recent) + ((1 - History) * forecast));
    }

    private static double? FamilyRate(TaskState state, IReadOnlyList<TaskState> tasks)
    {
        if (state.Task.Family.Length == 0)
        {
            return null;
        }

        double best = 0;
        foreach (TaskState other in tasks)
        {
            if (other != state && string.Equals(other.Task.Family, state.Task.Family, StringComparison.Ordinal) && other.Best is { } found)
            {
                best = Math.Max(best, other.Task.Flops / found.Ms);
            }
        }

        return best > 0 ? best : null;
    }
}
