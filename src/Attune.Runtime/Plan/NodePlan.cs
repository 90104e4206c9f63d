using System.Collections.Immutable;
using Attune.Kernels;
using Attune.Kernels.Templates;
using Attune.Runtime.Plan.Narrow;

namespace Attune.Runtime.Plan;

/// <summary>How one node will run: which layouts it wants and gives, and the facts its step needs.</summary>
/// <param name="Node">The node.</param>
/// <param name="Step">What it becomes.</param>
/// <param name="Inputs">Activations it reads, with the layout and halo it wants. Constants are not among them.</param>
/// <param name="Output">Layout of its first output.</param>
internal sealed record NodePlan(Node Node, StepKind Step, IReadOnlyList<Demand> Inputs, StorageKind Output)
{
    /// <summary>Extent of the first input as the kernel sees it: images or a matrix; for kernels that need one.</summary>
    public Extent InputExtent { get; init; }

    /// <summary>Extent of the output as the kernel sees it; for kernels that need one.</summary>
    public Extent OutputExtent { get; init; }

    /// <summary>Geometry of a convolution or matrix product, before spatial flattening.</summary>
    public WeightedWorkload? Workload { get; init; }

    /// <summary>Geometry of a pooling.</summary>
    public PoolWorkload? Pool { get; init; }

    /// <summary>Window factors of an average pooling.</summary>
    public float[]? PoolScale { get; init; }

    /// <summary>Which operands are narrower than floats; null when none is.</summary>
    public NarrowOperands? Narrow { get; init; }

    /// <summary>Layout of an output: numbers that a layer makes beside its first output lie as they are, and so do scale and zero beside bytes.</summary>
    public StorageKind OutputAt(int index) =>
        index > 0 && (Narrow?.RunTime is not null || Step == StepKind.DynamicQuantize) ? StorageKind.Plain : Output;

    /// <summary>Channels that a pixel of the output is rounded up to a multiple of; 0 for those of a vector.</summary>
    public int PixelChannels { get; init; }

    /// <summary>What happens before the store.</summary>
    public Epilogue Epilogue { get; init; } = new(false, false, "none", 0, 0);

    /// <summary>The depthwise convolution that is part of this step, or null.</summary>
    public Node? Before { get; init; }

    /// <summary>What happens to the sums of <see cref="Before"/>; null without.</summary>
    public Epilogue? Inner { get; init; }

    /// <summary>Geometry of an attention.</summary>
    public AttentionWorkload? Attention { get; init; }

    /// <summary>Geometry of a recurrent layer.</summary>
    public RecurrentWorkload? Recurrent { get; init; }

    /// <summary>Geometry of a product of two activations.</summary>
    public MatrixWorkload? Product { get; init; }

    /// <summary>What a layer normalisation adds to variances.</summary>
    public float Epsilon { get; init; }

    /// <summary>What a step that only moves elements copies.</summary>
    public ImmutableArray<StridedCopy> Copies { get; init; } = [];

    /// <summary>Arithmetic operator of an element-wise step; null for an activation alone.</summary>
    public string? Operation { get; init; }

    /// <summary>The smaller operand of an element-wise step; null when operands have the result's shape.</summary>
    public BroadcastOperand? Broadcast { get; init; }
}

/// <summary>A wish for one input.</summary>
/// <param name="Value">Value name.</param>
/// <param name="Kind">Layout wanted.</param>
/// <param name="Halo">Halo wanted.</param>
/// <param name="Zero">What stands for zero in the halo of bytes.</param>
/// <param name="ZeroAt">Value that holds what stands for zero, where only a run finds it; null where it is <paramref name="Zero"/>.</param>
internal sealed record Demand(string Value, StorageKind Kind, Halo Halo = default, byte Zero = 0, string? ZeroAt = null);
