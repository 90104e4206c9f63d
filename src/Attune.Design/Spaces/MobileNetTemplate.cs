using System.Collections.Immutable;
using System.Globalization;
using Attune.Compile.Quantisation.Mixed;
using Attune.Graph.Zoo.Families;
using Attune.Kernels;

namespace Attune.Design.Spaces;

/// <summary>
/// From the genes of a design to a network like MobileNet v2. Genes that it knows: resolution; width, depth, kernel, expansion and bits for all stages, for one
/// stage (s2.width), kernel and expansion also for one block (s2.b3.kernel); the most special one decides. Bits is f32, f16 or i8: how weights of 1x1
/// convolutions are stored. Precision is f32, i8 or bf16, also for the stem and the tail: what layers multiply. Channels
/// are rounded to multiples of <see cref="Divisor"/>, as MobileNets do. Immutable.
/// </summary>
public sealed record MobileNetTemplate
{
    /// <summary>Name of the template in space files.</summary>
    public const string Name = "mobilenet";

    /// <summary>Channels of the first convolution, before the width.</summary>
    public int Stem { get; init; } = 16;

    /// <summary>Channels of the last 1x1 convolution; 0 leaves it out. Not scaled below width 1, as in MobileNet v2.</summary>
    public int Head { get; init; }

    /// <summary>Outputs of the classifier.</summary>
    public int Classes { get; init; } = 1000;

    /// <summary>Rows and columns of the image where no gene says otherwise.</summary>
    public int Resolution { get; init; } = 224;

    /// <summary>Channels are multiples of this, at least 1.</summary>
    public int Divisor { get; init; } = 8;

    /// <summary>Stages in order, at least one.</summary>
    public required ImmutableArray<MobileNetStage> Stages { get; init; }

    /// <summary>Text that holds every size; part of the ids of designs.</summary>
    public string Identity => string.Create(
        CultureInfo.InvariantCulture,
        $"{Name} stem {Stem} head {Head} classes {Classes} resolution {Resolution} divisor {Divisor} {string.Join(' ', Stages.Select(Sizes))}");

    /// <summary>The network of a design, without its weights' values.</summary>
    /// <param name="space">The space of the design.</param>
    /// <param name="point">The design.</param>
    /// <param name="batch">Images per inference.</param>
    public TemplateDesign Of(DesignSpace space, SpacePoint point, int batch)
    {
        var genes = new TemplateGenes(this, space);
        ReadOnlySpan<int> choices = point.Choices.AsSpan();
        var blocks = ImmutableArray.CreateBuilder<MobileNetBlock>();
        var formats = ImmutableArray.CreateBuilder<(string Prefix, WeightFormat Format)>();
        for (int s = 0; s < Stages.Length; s++)
        {
            int channels = genes.Channels(s, choices);
            for (int b = 0; b < genes.Depth(s, choices); b++)
            {
                blocks.Add(new MobileNetBlock(
                    $"s{s + 1}.b{b + 1}", channels, genes.Kernel(s, b, choices), genes.Expansion(s, b, choices), b == 0 ? Stages[s].Stride : 1));
            }

            if (genes.Format(s, choices) is var format and not WeightFormat.F32)
            {
                formats.Add(($"s{s + 1}.", format));
            }
        }

        var shape = new MobileNetShape
        {
            Name = $"{space.Family}-{space.IdOf(point)[..12]}",
            Resolution = genes.Resolution(choices),
            Batch = batch,
            Stem = genes.Stem(choices),
            Blocks = blocks.ToImmutable(),
            Head = genes.Head(choices),
            Classes = Classes,
        };
        return new TemplateDesign(shape, formats.ToImmutable()) { Precisions = Policy(genes, choices) };
    }

    private ImmutableArray<(string Prefix, LayerPrecision Precision)> Policy(TemplateGenes genes, ReadOnlySpan<int> choices)
    {
        var policy = ImmutableArray.CreateBuilder<(string Prefix, LayerPrecision Precision)>();
        policy.Add(("stem", genes.StemPrecision(choices)));
        for (int s = 0; s < Stages.Length; s++)
        {
            policy.Add(($"s{s + 1}.", genes.Precision(s, choices)));
        }

        LayerPrecision tail = genes.TailPrecision(choices);
        policy.AddRange(((string[])["head", "pool", "flatten", "classifier"]).Select(name => (name, tail)));
        return [.. policy.Where(part => part.Precision != LayerPrecision.Float32)];
    }

    /// <summary>Rules that follow from the template: what describes blocks beyond the depth, or weights of layers without floats, has no meaning.</summary>
    internal ImmutableArray<SpaceRule> RulesFor(ImmutableArray<Gene> genes) => [.. DepthRules(genes), .. PolicyRules(genes)];

    /// <summary>Formats of weights mean nothing where no stage that they decide about multiplies floats.</summary>
    internal ImmutableArray<SpaceRule> PolicyRules(ImmutableArray<Gene> genes)
    {
        int Position(string id) => Enumerable.Range(0, genes.Length).FirstOrDefault(i => genes[i].Id == id, -1);
        int Own(int stage, string word) => Position($"s{stage + 1}.{word}") is >= 0 and int own ? own : Position(word);
        var rules = ImmutableArray.CreateBuilder<SpaceRule>();
        foreach (IGrouping<int, int> stages in Enumerable.Range(0, Stages.Length).GroupBy(stage => Own(stage, "bits")).Where(group => group.Key >= 0))
        {
            int[] deciding = [.. stages.Select(stage => Own(stage, StagePrecisions.Gene)).Distinct()];
            if (deciding.Contains(-1))
            {
                continue;
            }

            ImmutableArray<GeneCondition> narrow = [.. deciding.Select(gene => new GeneCondition(gene, [.. Enumerable.Range(0, genes[gene].Values.Length)
                .Where(choice => genes[gene].Values[choice] != StagePrecisions.NameOf(LayerPrecision.Float32))]))];
            if (narrow.All(condition => !condition.Choices.IsEmpty))
            {
                rules.Add(new SpaceRule(narrow, [stages.Key], [], "no layer multiplies floats"));
            }
        }

        return rules.ToImmutable();
    }

    private ImmutableArray<SpaceRule> DepthRules(ImmutableArray<Gene> genes)
    {
        var rules = ImmutableArray.CreateBuilder<SpaceRule>();
        int Position(string id) => Enumerable.Range(0, genes.Length).FirstOrDefault(i => genes[i].Id == id, -1);
        for (int s = 0; s < Stages.Length; s++)
        {
            int depth = Position($"s{s + 1}.depth") is >= 0 and int own ? own : Position("depth");
            for (int b = 2; depth >= 0 && b <= Stages[s].Blocks; b++)
            {
                string prefix = $"s{s + 1}.b{b}.";
                ImmutableArray<int> unused = [.. Enumerable.Range(0, genes.Length).Where(i => genes[i].Id.StartsWith(prefix, StringComparison.Ordinal))];
                ImmutableArray<int> shallow = [.. Enumerable.Range(0, genes[depth].Values.Length).Where(choice => genes[depth].Number(choice) < b)];
                if (!unused.IsEmpty && !shallow.IsEmpty)
                {
                    rules.Add(new SpaceRule([new GeneCondition(depth, shallow)], unused, [], "there are fewer blocks"));
                }
            }
        }

        return rules.ToImmutable();
    }

    private static string Sizes(MobileNetStage stage) =>
        string.Create(CultureInfo.InvariantCulture, $"{stage.Channels}/{stage.Stride}/{stage.Blocks}/{stage.Kernel}/{stage.Expansion:R}");
}
