using System.Collections.Immutable;
using Attune.Compile.Quantisation.Mixed;
using Attune.Kernels;

namespace Attune.Design.Spaces;

/// <summary>
/// Which gene decides what in a template: looked up once, so that the sizes of a design's blocks are read without building anything. Immutable; thread-safe.
/// </summary>
internal sealed class TemplateGenes
{
    private readonly MobileNetTemplate template;
    private readonly DesignSpace space;
    private readonly int resolution;
    private readonly int globalWidth;
    private readonly Stage[] stages;
    private readonly WeightFormat[][] formats;
    private readonly LayerPrecision[][] precisions;
    private readonly int stemPrecision;
    private readonly int tailPrecision;

    public TemplateGenes(MobileNetTemplate template, DesignSpace space)
    {
        this.template = template;
        this.space = space;
        resolution = space.Find("resolution");
        globalWidth = space.Find("width");
        // Searches ask for formats a million times: names are looked up once.
        formats = [.. space.Genes.Select(gene => gene.Values.Select(name => WeightFormats.Find(name) ?? WeightFormat.F32).ToArray())];
        precisions = [.. space.Genes.Select(gene => gene.Values.Select(name => StagePrecisions.Find(name) ?? LayerPrecision.Float32).ToArray())];
        stemPrecision = First($"{StagePrecisions.Stem}.{StagePrecisions.Gene}", StagePrecisions.Gene);
        tailPrecision = First($"{StagePrecisions.Tail}.{StagePrecisions.Gene}", StagePrecisions.Gene);
        stages = [.. Enumerable.Range(1, template.Stages.Length).Select(s => new Stage(
            First($"s{s}.width", "width"),
            First($"s{s}.depth", "depth"),
            First($"s{s}.bits", "bits"),
            First($"s{s}.{StagePrecisions.Gene}", StagePrecisions.Gene),
            [.. Enumerable.Range(1, template.Stages[s - 1].Blocks).Select(b => First($"s{s}.b{b}.kernel", $"s{s}.kernel", "kernel"))],
            [.. Enumerable.Range(1, template.Stages[s - 1].Blocks).Select(b => First($"s{s}.b{b}.expansion", $"s{s}.expansion", "expansion"))]))];
    }

    /// <summary>Rows of the image.</summary>
    public int Resolution(ReadOnlySpan<int> genes) => (int)Number(resolution, genes, template.Resolution);

    /// <summary>Channels of the first convolution.</summary>
    public int Stem(ReadOnlySpan<int> genes) => Rounded(template.Stem * Number(globalWidth, genes, 1));

    /// <summary>Channels of the last 1x1 convolution; 0 without.</summary>
    public int Head(ReadOnlySpan<int> genes) => template.Head == 0 ? 0 : Rounded(template.Head * Math.Max(1, Number(globalWidth, genes, 1)));

    /// <summary>Channels of a stage.</summary>
    public int Channels(int stage, ReadOnlySpan<int> genes) => Rounded(template.Stages[stage].Channels * Number(stages[stage].Width, genes, 1));

    /// <summary>Blocks of a stage.</summary>
    public int Depth(int stage, ReadOnlySpan<int> genes) => (int)Number(stages[stage].Depth, genes, template.Stages[stage].Blocks);

    /// <summary>Depthwise kernel of a block.</summary>
    public int Kernel(int stage, int block, ReadOnlySpan<int> genes) => (int)Number(stages[stage].Kernels[block], genes, template.Stages[stage].Kernel);

    /// <summary>Expansion of a block.</summary>
    public double Expansion(int stage, int block, ReadOnlySpan<int> genes) => Number(stages[stage].Expansions[block], genes, template.Stages[stage].Expansion);

    /// <summary>How the weights of a stage's 1x1 convolutions are stored, where its layers multiply floats.</summary>
    public WeightFormat Format(int stage, ReadOnlySpan<int> genes) =>
        stages[stage].Bits is >= 0 and int gene && Precision(stage, genes) == LayerPrecision.Float32 ? formats[gene][genes[gene]] : WeightFormat.F32;

    /// <summary>What a stage's layers multiply.</summary>
    public LayerPrecision Precision(int stage, ReadOnlySpan<int> genes) => PrecisionOf(stages[stage].Precision, genes);

    /// <summary>What the first convolution multiplies.</summary>
    public LayerPrecision StemPrecision(ReadOnlySpan<int> genes) => PrecisionOf(stemPrecision, genes);

    /// <summary>What the last 1x1 convolution and the classifier multiply.</summary>
    public LayerPrecision TailPrecision(ReadOnlySpan<int> genes) => PrecisionOf(tailPrecision, genes);

    private LayerPrecision PrecisionOf(int gene, ReadOnlySpan<int> genes) => gene < 0 ? LayerPrecision.Float32 : precisions[gene][genes[gene]];

    private int Rounded(double channels)
    {
        int divisor = template.Divisor;
        int rounded = Math.Max(divisor, (int)(channels + (divisor / 2.0)) / divisor * divisor);
        return rounded < 0.9 * channels ? rounded + divisor : rounded;
    }

    private double Number(int gene, ReadOnlySpan<int> genes, double otherwise) => gene < 0 ? otherwise : space.Genes[gene].Number(genes[gene]);

    private int First(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (space.Find(name) is >= 0 and int gene)
            {
                return gene;
            }
        }

        return -1;
    }

    private sealed record Stage(int Width, int Depth, int Bits, int Precision, ImmutableArray<int> Kernels, ImmutableArray<int> Expansions);
}
