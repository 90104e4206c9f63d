using System.Collections.Immutable;
using Attune.Graph.Zoo.Families;
using Attune.Kernels;

namespace Attune.Design.Spaces;

/// <summary>What a template makes of a design.</summary>
/// <param name="Shape">Sizes of the network.</param>
/// <param name="Formats">Stages whose weights are stored in a narrow format, by the prefix of their nodes' names; the quantisation policy.</param>
public sealed record TemplateDesign(MobileNetShape Shape, ImmutableArray<(string Prefix, WeightFormat Format)> Formats)
{
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
