using System.Collections.Immutable;
using Attune.Cohort.Live;
using Attune.Devices;
using Attune.Kernels;

namespace Attune.Cohort.Profiling;

/// <summary>Runs a calibration set through the exact network, through every variant, and through every stage in every variant alone. Stateless.</summary>
internal static class AccuracyMeasurement
{
    private const int Five = 5;

    /// <summary>
    /// Answers that one output holds: a network that names a class for each step of a sequence or each of several candidates has one in every row of the last
    /// axis; all others have one.
    /// </summary>
    /// <param name="output">Shape of the output.</param>
    public static int RowsOf(Shape output) => output.Rank is 2 or 3 && output[-1] > 1 ? (int)(output.Count / output[-1]) : 1;

    /// <summary>Measures.</summary>
    /// <param name="network">The network.</param>
    /// <param name="output">Shape of its first output.</param>
    /// <param name="set">The samples.</param>
    /// <param name="names">Names of the variants, the exact one included.</param>
    /// <param name="team">Threads; all take part.</param>
    /// <param name="progress">Told how far things are.</param>
    /// <returns>Accuracy of each variant as a whole, and loss in points of each stage of each variant alone.</returns>
    public static (ImmutableArray<VariantAccuracy> Whole, double[][] StageLoss) Run(
        StagedNetwork network, Shape output, CalibrationSet set, IReadOnlyList<string> names, ThreadTeam team, Action<string>? progress)
    {
        var top1 = new int[names.Count];
        var top5 = new int[names.Count];
        var stageRight = new int[names.Count][];
        for (int variant = 0; variant < names.Count; variant++)
        {
            stageRight[variant] = new int[network.Stages];
        }

        int rows = RowsOf(output);
        var values = new float[output.Count];
        int[][] Answers(float[] input, Func<int, int> variantOf)
        {
            network.Begin(input);
            for (int stage = 0; stage < network.Stages; stage++)
            {
                network.Run(stage, variantOf(stage), team, Math.Min(team.Members, network.MaxThreads));
            }

            network.Finish(values);
            return [.. values.Chunk(values.Length / rows).Select(
                row => (int[])[.. row.Index().OrderByDescending(entry => entry.Item).Take(Five).Select(entry => entry.Index)])];
        }

        for (int sample = 0; sample < set.Inputs.Length; sample++)
        {
            progress?.Invoke($"accuracy  sample {sample + 1} of {set.Inputs.Length}");
            float[] input = set.Inputs[sample];
            int[][] exact = Answers(input, _ => 0);
            int[] right = set.Labels.IsEmpty ? [.. exact.Select(row => row[0])] : [.. set.Labels.AsSpan(sample * rows, rows)];
            int Right(int[][] answers) => answers.Zip(right).Count(pair => pair.First[0] == pair.Second);
            for (int variant = 0; variant < names.Count; variant++)
            {
                int[][] answers = variant == 0 ? exact : Answers(input, _ => variant);
                top1[variant] += Right(answers);
                top5[variant] += answers.Zip(right).Count(pair => pair.First.Contains(pair.Second));
                for (int stage = 0; variant > 0 && stage < network.Stages; stage++)
                {
                    stageRight[variant][stage] += Right(network.Touches(stage, variant) ? Answers(input, other => other == stage ? variant : 0) : exact);
                }
            }
        }

        double count = (double)set.Inputs.Length * rows;
        double exactTop1 = top1[0] / count;
        return (
            [.. names.Select((name, variant) => new VariantAccuracy(name, top1[variant] / count, top5[variant] / count, exactTop1))],
            [.. stageRight.Select(
                (rights, variant) =>
                    variant == 0 ? new double[network.Stages] : [.. rights.Select(right => Math.Max(0, 100 * (exactTop1 - (right / count))))])]);
    }
}
