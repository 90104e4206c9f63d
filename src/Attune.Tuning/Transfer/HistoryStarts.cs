using System.Collections.Immutable;
using Attune.Kernels.Spaces;
using Attune.Kernels.Templates;
using Attune.Records;

namespace Attune.Tuning.Transfer;

/// <summary>
/// Where earlier tasks know little more than their best configuration, as published collections do, there is nothing to learn from, but there is a place to
/// start: the best of the same workload on other devices, in the order of the sources; and where there is none, the best of the most similar workloads, knob
/// by knob as near as the space allows. Layouts and what is fused do not matter for either. Immutable.
/// </summary>
/// <param name="sources">The tasks.</param>
internal sealed class HistoryStarts(ImmutableArray<HistoryTask> sources)
{
    private const int MaxSame = 8;
    private const int MaxNear = 3;
    private readonly ImmutableArray<(WeightedWorkload? Workload, HistoryTask Task)> sources =
        [.. sources.Select(task => (WeightedWorkload.TryParse(task.Key), task))];

    /// <summary>Valid points of a space to measure first, each once.</summary>
    /// <param name="key">Key of the task.</param>
    /// <param name="space">Its space.</param>
    public ImmutableArray<long> For(string key, Space space)
    {
        WeightedWorkload? workload = WeightedWorkload.TryParse(key);
        ImmutableArray<long> same =
        [
            .. sources.Where(source => source.Task.Key == key || IsSame(source.Workload, workload)).Select(source => BestOf(source.Task))
                .Select(best => space.Find(best.ToLabels())?.Index).OfType<long>().Where(space.IsValid).Distinct().Take(MaxSame),
        ];
        return !same.IsEmpty || workload is not ConvolutionWorkload wanted
            ? same
            :
            [
                .. sources.Where(source => source.Workload is ConvolutionWorkload other && IsAlike(other, wanted))
                    .OrderBy(source => Distance((ConvolutionWorkload)source.Workload!, wanted))
                    .Select(source => Nearest(BestOf(source.Task), space)).OfType<long>().Distinct().Take(MaxNear),
            ];
    }

    private static Configuration BestOf(HistoryTask task) =>
        task.Space[task.Observations.Where(each => each.IsTimed).OrderBy(each => each.Outcome == Outcome.Ok ? 0 : 1).ThenBy(each => each.TimeMs).First().Index];

    private static bool IsSame(WeightedWorkload? left, WeightedWorkload? right) =>
        left is ConvolutionWorkload a && right is ConvolutionWorkload b
        && IsAlike(a, b) && GeometryOf(a).SequenceEqual(GeometryOf(b)) && a.Padding == b.Padding;

    private static bool IsAlike(ConvolutionWorkload a, ConvolutionWorkload b) =>
        a.GetType() == b.GetType() && a.Lanes == b.Lanes && a.Weights == b.Weights
        && (a.KernelHeight, a.KernelWidth, a.StrideHeight, a.StrideWidth, a.DilationHeight, a.DilationWidth)
            == (b.KernelHeight, b.KernelWidth, b.StrideHeight, b.StrideWidth, b.DilationHeight, b.DilationWidth)
        && (a.IsDepthwise || a.Groups == b.Groups);

    private static int[] GeometryOf(ConvolutionWorkload w) => [w.Batch, w.InChannels, w.OutChannels, w.Height, w.Width];

    private static double Distance(ConvolutionWorkload a, ConvolutionWorkload b) =>
        GeometryOf(a).Zip(GeometryOf(b), (left, right) => Math.Abs(Math.Log2(left) - Math.Log2(right))).Sum();

    private static long? Nearest(Configuration best, Space space)
    {
        Configuration own = best.Own;
        SpacePart? part = space.Parts.FirstOrDefault(candidate => candidate.Name == best.Algorithm);
        Space target = part?.Space ?? space;
        if ((part is null && !space.Parts.IsEmpty) || !target.Knobs.All(knob => own.Space.Has(knob.Name)))
        {
            return null;
        }

        int[] from = own.Space.Decode(own.Index);
        int[] to = [.. target.Knobs.Select(knob => Nearest(knob, own.Space.Knobs[own.Space.PositionOf(knob.Name)], from[own.Space.PositionOf(knob.Name)]))];
        long index = target.Encode(to);
        return target.IsValid(index) ? (part?.First ?? 0) + index : null;
    }

    // Of a split the inner factors say what one group does; the outermost is how often, which follows from the extent.
    private static int Nearest(Knob knob, Knob source, int entity)
    {
        int first = knob.Kind == KnobKind.Split ? 1 : 0;
        double[] wanted = [.. source.Coordinates[entity].Skip(first)];
        return Enumerable.Range(0, knob.Count).MinBy(
            candidate => knob.Coordinates[candidate].Skip(first).Zip(wanted, (left, right) => (left - right) * (left - right)).Sum());
    }
}
