using System.Collections.Immutable;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates.Attention;
using Attune.Kernels.Templates.BrainFloats;
using Attune.Kernels.Templates.Depthwise;
using Attune.Kernels.Templates.Direct;
using Attune.Kernels.Templates.Elementwise;
using Attune.Kernels.Templates.Gpu;
using Attune.Kernels.Templates.MatMul;
using Attune.Kernels.Templates.Pair;
using Attune.Kernels.Templates.Pools;
using Attune.Kernels.Templates.Quantized;
using Attune.Kernels.Templates.Recurrent;
using Attune.Kernels.Templates.Rows;
using Attune.Kernels.Templates.Strassen;
using Attune.Kernels.Templates.Tiles;
using Attune.Kernels.Templates.Winograd;

namespace Attune.Kernels.Templates;

/// <summary>All templates. Of those that apply to a workload the first gives the default.</summary>
internal static class TemplateRegistry
{
    /// <summary>Name of the knob that chooses among several algorithms for one workload.</summary>
    public const string Chooser = "algorithm";

    /// <summary>The templates, in the order in which spaces list them.</summary>
    public static ImmutableArray<ITemplate> All { get; } =
    [
        DirectTemplate.Instance,
        new WinogradTemplate(2),
        new WinogradTemplate(4),
        new StrassenTemplate(1),
        new StrassenTemplate(2),
        DepthwiseTemplate.Instance,
        DepthwisePointwiseTemplate.Instance,
        new ByteTileTemplate(),
        new IntegerTemplate(),
        new DepthwiseBytesTemplate(),
        new BrainFloatTileTemplate(),
        new BrainFloatTemplate(),
        new DepthwiseBrainFloatTemplate(),
        new FusedPairTemplate(),
        new BatchedGemmTemplate(),
        new MatrixTemplate(),
        new TiledAttentionTemplate(),
        new AttentionTemplate(),
        new SoftmaxTemplate(),
        new LayerNormalizationTemplate(),
        new RecurrentTemplate(),
        new MaxPoolTemplate(),
        new LoopedMaxPoolTemplate(),
        new AveragePoolTemplate(),
        new GlobalAveragePoolTemplate(),
        new ElementwiseTemplate(),
        new DenseTemplate(),
        new GemmTemplate(),
        new TransformTemplate(2),
        new TransformTemplate(4),
        new FusedTransformTemplate(2),
        new FusedTransformTemplate(4),
        new TiledTemplate(isDepthwise: false),
        new TiledTemplate(isDepthwise: true),
        new TransposedTemplate(),
        new SpatialTemplate(isDepthwise: false),
        new SpatialTemplate(isDepthwise: true),
        new PlainTemplate(),
    ];

    /// <summary>Templates that can compute a workload.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static ImmutableArray<ITemplate> Of(Workload workload, KernelTarget target)
    {
        ImmutableArray<ITemplate> found = [.. All.Where(template => template.Applies(workload, target))];
        return found.IsEmpty
            ? throw new ArgumentException($"No template computes {workload.Title} for vectors of {target.Lanes} floats.", nameof(workload))
            : found;
    }

    /// <summary>The template that a configuration chooses, and the configuration in the template's own space.</summary>
    /// <exception cref="ArgumentException">The configuration's space was not made from templates.</exception>
    public static (ITemplate Template, Configuration Own) Of(Configuration configuration) =>
        configuration.Algorithm is { } name
            ? (Named(name)!, configuration.Own)
            : throw new ArgumentException("The configuration is of no template's space.", nameof(configuration));

    /// <summary>The template of this name, or null.</summary>
    public static ITemplate? Named(string name) => All.FirstOrDefault(template => template.Name == name);
}
