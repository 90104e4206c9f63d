using Attune.Kernels.Spaces;
using Attune.Kernels.Templates.Quantized;

namespace Attune.Kernels.Templates;

/// <summary>Lays weights out in the order in which a configuration's kernel reads them.</summary>
internal static unsafe class WeightPacking
{
    /// <summary>How a configuration's kernel reads its weights.</summary>
    public static WeightFormat FormatOf(WeightedWorkload workload, Configuration configuration)
    {
        (ITemplate template, Configuration own) = TemplateRegistry.Of(configuration);
        return template.FormatOf(workload, own);
    }

    /// <summary>Floats that the packed weights take for a configuration, padding of the last channel block and scales included.</summary>
    public static long PackedCount(WeightedWorkload workload, Configuration configuration)
    {
        (ITemplate template, Configuration own) = TemplateRegistry.Of(configuration);
        return template.PackedCount(workload, own);
    }

    /// <summary>Configurations with equal forms read weights packed the same way.</summary>
    public static string FormOf(WeightedWorkload workload, Configuration configuration)
    {
        (ITemplate template, Configuration own) = TemplateRegistry.Of(configuration);
        return template.PackedForm(workload, own);
    }

    /// <summary>Floats that the packed bias takes; of quantised layers with the other numbers that sums become outputs by.</summary>
    public static int BiasCount(WeightedWorkload workload) =>
        workload switch
        {
            PairWorkload pair => BiasCount(pair.First) + BiasCount(pair.Second),
            QuantizedWorkload quantized => RequantizationTable.Count(quantized),
            _ => Padded(workload.Exit),
        };

    /// <summary>Packs weights.</summary>
    /// <param name="workload">Workload.</param>
    /// <param name="configuration">Configuration whose kernel will read them.</param>
    /// <param name="source">
    /// Weights in ONNX order [out][in of group][kernel row][kernel column]; for a matrix product [N][K], or [K][N] when <paramref name="reductionMajor"/>.
    /// </param>
    /// <param name="reductionMajor">The source is [K][N].</param>
    /// <param name="target">At least <see cref="PackedCount"/> floats.</param>
    /// <param name="threads">Threads to use.</param>
    public static void Pack(WeightedWorkload workload, Configuration configuration, WeightSource source, bool reductionMajor, float* target, int threads) =>
        Execute(Plan(workload, configuration, source, reductionMajor, target), threads);

    /// <summary>Packs narrow weights.</summary>
    /// <param name="workload">Workload; its format is that of the weights.</param>
    /// <param name="configuration">Configuration whose kernel will read them.</param>
    /// <param name="source">Weights; [K][N] when their channels are last, else [N][K].</param>
    /// <param name="target">At least <see cref="PackedCount"/> floats.</param>
    /// <param name="threads">Threads to use.</param>
    public static void Pack(WeightedWorkload workload, Configuration configuration, StoredWeights source, float* target, int threads) =>
        Execute(Plan(workload, configuration, source, target), threads);

    /// <summary>Packing of narrow weights as units of work.</summary>
    public static PackingWork Plan(WeightedWorkload workload, Configuration configuration, StoredWeights source, float* target) =>
        Plan(workload, configuration, new WeightOperand(default, source.ChannelsLast) { Stored = source }, target);

    /// <summary>
    /// Packing as units of work, for those who have other things to do at the same time. Arguments as for packing at once; every float of the target is
    /// written.
    /// </summary>
    public static PackingWork Plan(WeightedWorkload workload, Configuration configuration, WeightSource source, bool reductionMajor, float* target)
    {
        if (workload is not PairWorkload pair)
        {
            return Plan(workload, configuration, new WeightOperand(source, reductionMajor), target);
        }

        float[] both = source.ToArray();
        return Plan(pair, configuration, both[..(int)pair.First.WeightCount], both[(int)pair.First.WeightCount..], target);
    }

    /// <summary>Packing of a fused pair's weights as units of work.</summary>
    public static PackingWork Plan(PairWorkload pair, Configuration configuration, WeightSource depthwise, WeightSource pointwise, float* target) =>
        Plan(pair, configuration, new WeightOperand(pointwise, false) { Before = depthwise }, target);

    private static PackingWork Plan(WeightedWorkload workload, Configuration configuration, WeightOperand weights, float* target)
    {
        (ITemplate template, Configuration own) = TemplateRegistry.Of(configuration);
        return template.Pack(workload, own, weights, target);
    }

    private static int Padded(ConvolutionWorkload w) => (w.OutChannels + w.Lanes - 1) / w.Lanes * w.Lanes;

    private static void Execute(PackingWork work, int threads) =>
        Parallel.For(
            0,
            work.Units,
            new ParallelOptions { MaxDegreeOfParallelism = threads },
            () => new PackingSlab(),
            (unit, _, slab) =>
            {
                work.Run(unit, slab);
                return slab;
            },
            slab => slab.Dispose());
}
