using System.Collections.Immutable;
using Attune.Cohort.Live;
using Attune.Devices;

namespace Attune.Cohort.Profiling;

/// <summary>Runs a calibration set through the exact network, through every variant, and through every stage in every variant alone. Stateless.</summary>
internal static class AccuracyMeasurement
{
    private const int Five = 5;

    /// <summary>Measures.</summary>
    /// <param name="network">The network.</param>
    /// <param name="outputs">Elements of its first output.</param>
    /// <param name="set">The samples.</param>
    /// <param name="names">Names of the variants, the exact one included.</param>
    /// <param name="team">Threads; all take part.</param>
    /// <param name="progress">Told how far things are.</param>
    /// <returns>Accuracy of each variant as a whole, and loss in points of each stage of each variant alone.</returns>
    public static (ImmutableArray<VariantAccuracy> Whole, double[][] StageLoss) Run(StagedNetwork network, int outputs, CalibrationSet set, IReadOnlyList<string> names, ThreadTeam team, Action<string>? progress)
    {
        var top1 = new int[names.Count];
        var top5 = new int[names.Count];
        var stageRight = new int[names.Count][];
        for (int variant = 0; variant < names.Count; variant++)
        {
            stageRight[variant] = new int[network.Stages];
        }

        var output = new float[outputs];
        int[] Answers(float[] input, Func<int, int> variantOf)
        {
            network.Begin(input);
            for (int stage = 0; stage < network.Stages; stage++)
            {
                network.Run(stage, variantOf(stage), team, Math.Min(team.Members, network.MostThreads));
            }

            network.Finish(output);
            return [.. output.Index().OrderByDescending(entry => entry.Item).Take(Five).Select(entry => entry.Index)];
        }

        for (int sample = 0; sample < set.Inputs.Length; sample++)
        {
            progress?.Invoke($"accuracy  sample {sample + 1} of {set.Inputs.Length}");
            float[] input = set.Inputs[sample];
            int[] exact = Answers(input, _ => 0);
            int right = set.Labels.IsEmpty ? exact[0] : set.Labels[sample];
            for (int variant = 0; variant < names.Count; variant++)
            {
                int[] answers = variant == 0 ? exact : Answers(input, _ => variant);
                top1[variant] += answers[0] == right ? 1 : 0;
                top5[variant] += answers.Contains(right) ? 1 : 0;
                for (int stage = 0; variant > 0 && stage < network.Stages; stage++)
                {
                    bool touched = network.Touches(stage, variant);
                    stageRight[variant][stage] += (touched ? Answers(input, other => other == stage ? variant : 0) : exact)[0] == right ? 1 : 0;
                }
            }
        }

        double count = set.Inputs.Length;
        double exactTop1 = top1[0] / count;
        return (
            [.. names.Select((name, variant) => new VariantAccuracy(name, top1[variant] / count, top5[variant] / count, exactTop1))],
            [.. stageRight.Select((rights, variant) => variant == 0 ? new double[network.Stages] : [.. rights.Select(right => Math.Max(0, 100 * (exactTop1 - (right / count))))])]);
    }
}
