using System.Collections.Immutable;

namespace Attune.Runtime.Stages;

/// <summary>
/// Cuts a model's steps into stages of about equal time. A cut never separates the forms of one layer, so each stage has every layer whole. How many stages
/// there may be follows from what a boundary costs: together they shall stay under a share of the deadline. Immutable.
/// </summary>
public sealed record StageLayout
{
    private StageLayout(ImmutableArray<Stage> stages) => Stages = stages;

    /// <summary>The stages in order; they cover all steps.</summary>
    public ImmutableArray<Stage> Stages { get; }

    /// <summary>Most stages whose boundaries together cost no more than a share of a deadline; at least 1.</summary>
    /// <param name="deadlineUs">Deadline, microseconds.</param>
    /// <param name="boundaryUs">What stopping, deciding and going on costs, microseconds.</param>
    /// <param name="share">Share of the deadline, for example 0.01.</param>
    /// <param name="max">Upper limit.</param>
    public static int MaxStages(double deadlineUs, double boundaryUs, double share = 0.01, int max = 16) =>
        Math.Clamp((int)(deadlineUs * share / Math.Max(boundaryUs, 1e-3)), 1, max);

    /// <summary>Cuts steps into stages.</summary>
    /// <param name="steps">The steps of a model.</param>
    /// <param name="stepUs">Time of each step when the exact forms run, microseconds; steps of other forms count nothing, whatever stands there.</param>
    /// <param name="max">Most stages, at least 1.</param>
    public static StageLayout Of(ImmutableArray<StagedStep> steps, IReadOnlyList<double> stepUs, int max)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        double total = 0;
        for (int i = 0; i < steps.Length; i++)
        {
            total += steps[i].Form == 0 ? stepUs[i] : 0;
        }

        bool[] cuts = CutsOf(steps);
        var stages = ImmutableArray.CreateBuilder<Stage>();
        double done = 0;
        int first = 0;
        for (int i = 0; i < steps.Length; i++)
        {
            done += steps[i].Form == 0 ? stepUs[i] : 0;
            bool full = done >= total * (stages.Count + 1) / max * (1 - 1e-9);
            if (i + 1 == steps.Length || (cuts[i + 1] && full && stages.Count + 1 < max))
            {
                stages.Add(StageOf(steps, first, i + 1));
                first = i + 1;
            }
        }

        return new StageLayout(stages.ToImmutable());
    }

    /// <summary>Puts stages back together from where they end, as a profile keeps them.</summary>
    /// <param name="steps">The steps of a model.</param>
    /// <param name="ends">Ends of the stages, ascending; the last one is the number of steps.</param>
    /// <returns>Null when the ends do not fit the model: it is another one than was profiled.</returns>
    public static StageLayout? FromEnds(ImmutableArray<StagedStep> steps, IReadOnlyList<int> ends)
    {
        if (ends.Count == 0 || ends[^1] != steps.Length)
        {
            return null;
        }

        bool[] cuts = CutsOf(steps);
        var stages = ImmutableArray.CreateBuilder<Stage>();
        int first = 0;
        foreach (int end in ends)
        {
            if (end <= first || end > steps.Length || !cuts[end])
            {
                return null;
            }

            stages.Add(StageOf(steps, first, end));
            first = end;
        }

        return new StageLayout(stages.ToImmutable());
    }

    /// <summary>Before which steps a cut is possible. Between the forms of a layer there may be conversions, so neighbours do not tell.</summary>
    private static bool[] CutsOf(ImmutableArray<StagedStep> steps)
    {
        var cuts = new bool[steps.Length + 1];
        int open = -1;
        for (int i = 0; i <= steps.Length; i++)
        {
            cuts[i] = i > open;
            int layer = i < steps.Length ? steps[i].Layer : -1;
            for (int other = i; layer >= 0 && other < steps.Length; other++)
            {
                open = steps[other].Layer == layer ? Math.Max(open, other) : open;
            }
        }

        return cuts;
    }

    private static Stage StageOf(ImmutableArray<StagedStep> steps, int first, int end) =>
        new(NameOf(steps, first, end), first, end, [.. steps[first..end].Select(step => step.Layer).Where(layer => layer >= 0).Distinct()]);

    private static string NameOf(ImmutableArray<StagedStep> steps, int first, int end)
    {
        string[] names = [.. steps[first..end].Where(step => step.Form == 0).Select(step => step.Report.Name)];
        return names.Length switch
        {
            0 => $"steps {first}..{end - 1}",
            1 => names[0],
            _ => $"{names[0]} .. {names[^1]}",
        };
    }
}
