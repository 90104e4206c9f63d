using System.Collections.Immutable;
using Attune.Compile.Quantisation.Mixed;
using Attune.Devices;

namespace Attune.Design.Spaces;

/// <summary>
/// The genes by which a template's stages compute with floats, bytes or brain floats: "precision" for the whole network, and "stem.precision", "s1.precision",
/// "tail.precision" for a part of it. Stateless.
/// </summary>
public static class StagePrecisions
{
    /// <summary>Name of the gene, alone or behind the name of a part.</summary>
    public const string Gene = "precision";

    /// <summary>Name of the part before the first stage.</summary>
    public const string Stem = "stem";

    /// <summary>Name of the part behind the last stage: the last 1x1 convolution and the classifier.</summary>
    public const string Tail = "tail";

    private static readonly ImmutableArray<(string Name, LayerPrecision Precision)> All =
        [("f32", LayerPrecision.Float32), ("i8", LayerPrecision.Int8), ("bf16", LayerPrecision.BFloat16)];

    /// <summary>Values that such genes may have.</summary>
    public static ImmutableArray<string> Names { get; } = [.. All.Select(entry => entry.Name)];

    /// <summary>The value of a precision.</summary>
    public static string NameOf(LayerPrecision precision) => All.First(entry => entry.Precision == precision).Name;

    /// <summary>The precision of a value; null when there is none.</summary>
    public static LayerPrecision? Find(string name) =>
        All.Where(entry => entry.Name == name).Select(entry => (LayerPrecision?)entry.Precision).FirstOrDefault();

    /// <summary>True for a gene that decides about a precision.</summary>
    /// <param name="gene">Name of the gene.</param>
    public static bool IsPrecision(string gene) => gene == Gene || gene.EndsWith($".{Gene}", StringComparison.Ordinal);

    /// <summary>A space whose stem, stages and tail may each have any of some precisions.</summary>
    /// <param name="space">A space of a template without such genes.</param>
    /// <param name="precisions">The values, the first of which is that of designs without any; at least one, no two alike.</param>
    /// <returns>The space, whose designs have other ids; why there is none.</returns>
    /// <exception cref="ArgumentException">There is no precision, or one occurs twice.</exception>
    public static Result<DesignSpace, string> AddTo(DesignSpace space, ImmutableArray<LayerPrecision> precisions)
    {
        if (precisions.IsEmpty || precisions.Distinct().Count() != precisions.Length)
        {
            throw new ArgumentException("At least one precision is needed, and each once.", nameof(precisions));
        }

        if (space.Build is not TemplateBuild { Template: var template })
        {
            return $"the networks of '{space.Family}' are not made by the template '{MobileNetTemplate.Name}'; a program of yours can take a gene for "
                + "precisions and write a quantised model";
        }

        if (space.Genes.FirstOrDefault(gene => IsPrecision(gene.Id)) is { } given)
        {
            return $"the space '{space.Family}' has a gene '{given.Id}' already, whose values are {string.Join(", ", given.Values)}";
        }

        ImmutableArray<string> values = [.. precisions.Select(NameOf)];
        IEnumerable<string> parts = [Stem, .. Enumerable.Range(1, template.Stages.Length).Select(stage => $"s{stage}"), Tail];
        ImmutableArray<Gene> genes = [.. space.Genes, .. parts.Select(part => new Gene($"{part}.{Gene}", values))];
        return new DesignSpace(space.Family, genes, [.. template.PolicyRules(genes), .. space.Rules], space.Build);
    }
}
