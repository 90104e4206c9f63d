using System.Collections.Immutable;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;

namespace Attune.Kernels.Templates.Gpu;

/// <summary>
/// Transposed convolutions of one group without dilation, in the space of AutoTVM's template for CUDA ("conv2d_transpose_nchw.cuda", tuning.md 1.3), index for
/// index. The kernels multiply no zeros between inputs. Of the three factors of "tile_rc" the middle one says in how many pieces the weights of a step come.
/// </summary>
internal sealed unsafe class TransposedTemplate : IRankedTemplate
{
    private const int MaxInner = 8;
    private const int MaxDepth = 16;
    private const int MaxTileLanes = 64;

    /// <inheritdoc/>
    public string Name => "gpu-transposed";

    /// <inheritdoc/>
    public int Version => 1;

    /// <inheritdoc/>
    public bool Applies(Workload workload, KernelTarget target) =>
        target.Groups is { } limits && workload is TransposedWorkload { Lanes: 1, Weights: WeightFormat.F32, Groups: 1 } w
        && w is { DilationHeight: 1, DilationWidth: 1, InputLayout: not ActivationLayout.RowMajor, OutputLayout: not ActivationLayout.RowMajor }
        && Smallest(w).Fits(limits);

    /// <inheritdoc/>
    public Space CreateSpace(Workload workload, KernelTarget target)
    {
        var w = (TransposedWorkload)workload;
        GroupLimits limits = target.Groups!;
        return new Space(
            AutoTvmKnobs.CudaTransposed(w.Batch, w.InChannels, w.OutChannels, w.OutHeight, w.OutWidth),
            point => new TransposedPlan(w, point).Fits(limits),
            point => new TransposedPlan(w, point).Features.ToArray(limits.Width));
    }

    /// <summary>
    /// Valid points by a rough cost, the cheapest first: no virtual lanes, one image of a group, few outputs of a lane along each axis, and as many channels at
    /// a time as fit, in one piece.
    /// </summary>
    public IEnumerable<Suggestion> Promising(Workload workload, Space space, KernelTarget target)
    {
        // The first point has one lane, one output and one channel at a time: a workload for which it does not fit is none for this template.
        var w = (TransposedWorkload)workload;
        GroupLimits limits = SuggestedGroups.Of(target.Groups!);
        int[][] tiles = [.. space.Knobs.Skip(1).Take(3).Select(Tiles)];
        int[] depths = [.. Depths(space.Knobs[4])];
        var found = new List<Suggestion>();
        foreach (int f in tiles[0])
        {
            foreach (int y in tiles[1])
            {
                foreach (int x in tiles[2])
                {
                    var tile = (
                        N: space.Knobs[0].Entities[0], F: space.Knobs[1].Entities[f], Y: space.Knobs[2].Entities[y], X: space.Knobs[3].Entities[x]);
                    bool small = (long)tile.F[2] * tile.Y[2] * tile.X[2] <= limits.MaxLanes && (long)tile.F[3] * tile.Y[3] * tile.X[3] <= TiledPlan.MaxSums;
                    foreach (int depth in small ? depths : [])
                    {
                        var plan = new TransposedPlan(w, tile, space.Knobs[4].Entities[depth]);
                        if (plan.Fits(limits))
                        {
                            found.Add(new Suggestion(space.Encode([0, f, y, x, depth, 1, 1, 0]), plan.Features.Cost(plan.Products, limits.Width)));
                            break;
                        }
                    }
                }
            }
        }

        return found.OrderBy(suggestion => suggestion.Cycles).ThenBy(suggestion => suggestion.Index);
    }

    /// <inheritdoc/>
    public KernelSource Build(Workload workload, Configuration configuration, KernelSignature signature, KernelTarget target)
    {
        var w = (TransposedWorkload)workload;
        return KernelSource.Of((TransposedProgram.Build(w, new TransposedPlan(w, configuration), signature), 1));
    }

    /// <inheritdoc/>
    public long PackedCount(Workload workload, Configuration configuration) => TransposedWeights.Count((TransposedWorkload)workload);

    /// <inheritdoc/>
    public PackingWork Pack(Workload workload, Configuration configuration, WeightOperand weights, float* target) =>
        TransposedWeights.Pack((TransposedWorkload)workload, weights.Source, target);

    /// <inheritdoc/>
    public long ExecutedFlops(Workload workload, Configuration configuration) => 2 * new TransposedPlan((TransposedWorkload)workload, configuration).Products;

    private static TransposedPlan Smallest(TransposedWorkload w)
    {
        static ImmutableArray<int> One(int extent) => [extent, 1, 1, 1];
        return new TransposedPlan(w, (One(w.Batch), One(w.OutChannels), One(w.OutHeight), One(w.OutWidth)), [w.InChannels, 1, 1]);
    }

    private static int[] Tiles(Knob knob) =>
        [.. Enumerable.Range(0, knob.Count).Where(entity => knob.Entities[entity] is [_, 1, <= MaxTileLanes, <= MaxInner])];

    // Many channels first: they need fewer barriers.
    private static IEnumerable<int> Depths(Knob knob) =>
        Enumerable.Range(0, knob.Count).Where(entity => knob.Entities[entity] is [_, 1, <= MaxDepth]).OrderByDescending(entity => knob.Entities[entity][2]);
}
