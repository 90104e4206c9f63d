using System.Collections.Immutable;
using Attune.Compile.Quantisation.Mixed;
using Attune.Graph.Zoo.Families;
using Attune.Kernels;

namespace Attune.Design.Spaces;

/// <summary>What a template makes of a design.</summary>
/// <param name="Shape">Sizes of the network.</param>
/// <param name="Formats">Stages whose weights are stored in a narrow format, by the prefix of their nodes' names.</param>
public sealed record TemplateDesign(MobileNetShape Shape, ImmutableArray<(string Prefix, WeightFormat Format)> Formats)
{
    /// <summary>Parts whose layers do not multiply floats, by the prefix of their nodes' names: the quantisation policy.</summary>
    public ImmutableArray<(string Prefix, LayerPrecision Precision)> Precisions { get; init; } = [];

    /// <summary>What a node computes with.</summary>
    /// <param name="node">Name of the node.</param>
    public LayerPrecision PrecisionOf(string node)
    {
        foreach ((string prefix, LayerPrecision precision) in Precisions)
        {
            if (node.StartsWith(prefix, StringComparison.Ordinal))
            {
                return precision;
            }
        }

        return LayerPrecision.Float32;
    }

    /// <summary>Format in which the weights of a node are stored.</summary>
    /// <param name="node">Name of the node.</param>
    public WeightFormat FormatOf(string node)
    {
        foreach ((string prefix, WeightFormat format) in Formats)
        {
            if (node.StartsWith(prefix, StringComparison.Ordinal))
            {
                return format;
            }
        }

        return WeightFormat.F32;
    }
}
