using Attune.Kernels.Partition;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;

namespace Attune.Kernels.Templates.Tiles;

/// <summary>Convolutions and matrix products by products of matrices in registers of their own.</summary>
/// <typeparam name="TWorkload">Layers of one type of elements.</typeparam>
/// <typeparam name="TElement">Elements of the weights.</typeparam>
internal abstract unsafe class TileTemplate<TWorkload, TElement> : ITemplate
    where TWorkload : NarrowWorkload
    where TElement : unmanaged
{
    // Words that a tile of input channels takes at least, where there are as many: with fewer its products are mostly of nothing, and vectors are faster.
    private const int MinDepth = 4;

    // Sixteen rows of sixteen words times as many columns in sixteen cycles, where vectors multiply two times sixteen floats in one.
    private const int WordsAtOnce = 8;

    public abstract string Name { get; }

    public int Version => 1;

    public virtual bool Applies(Workload workload, KernelTarget target) =>
        target.Kind == TargetKind.Cpu && target.MultipliesTiles && workload is TWorkload { HasOneChannelPerGroup: false, Groups: 1 } w
        && w.Lanes == target.Lanes && TilePlan.GroupsOf(w) is var words && TilePlan.Depth(words) >= Math.Min(words, MinDepth);

    public Space CreateSpace(Workload workload, KernelTarget target) => TileSpace.Create((TWorkload)workload);

    public long Default(Workload workload, Space space, KernelTarget target) => TileSpace.Default((TWorkload)workload, space);

    public IEnumerable<Suggestion> Suggest(Workload workload, Space space, KernelTarget target, int threads) =>
        TileSpace.Suggest((TWorkload)workload, space);

    public KernelSource Build(Workload workload, Configuration configuration, KernelSignature signature, KernelTarget target) =>
        Source((TWorkload)workload, configuration, signature);

    public WeightFormat FormatOf(Workload workload, Configuration configuration) => ((TWorkload)workload).Weights;

    public long PackedCount(Workload workload, Configuration configuration) => TileWeights.PackedCount((TWorkload)workload);

    public PackingWork Pack(Workload workload, Configuration configuration, WeightOperand weights, float* target) =>
        TileWeights.Pack<TElement>((TWorkload)workload, weights.Stored!, target);

    public long ExecutedFlops(Workload workload, Configuration configuration) =>
        (long)(((TWorkload)workload).Flops * new TilePlan((TWorkload)workload, configuration).Blocks.Waste);

    public int OperationsAtOnce(Workload workload, KernelTarget target) => WordsAtOnce * ((TWorkload)workload).ChannelsAtOnce;

    public WorkPartition Partition(Workload workload, Configuration configuration) =>
        WorkPartitions.Direct((TWorkload)workload, new TilePlan((TWorkload)workload, configuration).Blocks, configuration);

    /// <summary>The kernel of a layer.</summary>
    protected abstract KernelSource Source(TWorkload workload, Configuration configuration, KernelSignature signature);
}
