using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;

namespace Attune.Contracts.Templates;

/// <summary>A convolution, or a pair of them, with operands drawn from a seed, and its result by the definition.</summary>
internal sealed class WeightedSample
{
    private readonly WeightedWorkload workload;
    private readonly float[] x;
    private readonly float[] weights;
    private readonly float[] bias;
    private readonly float[] residual;

    public WeightedSample(WeightedWorkload workload, int seed)
    {
        this.workload = workload;
        var random = new Random(seed);
        (ConvolutionWorkload first, ConvolutionWorkload last) = (workload.Entry, workload.Exit);
        x = TemplateRun.Random(random, (long)first.Batch * first.InChannels * first.Height * first.Width);
        weights = TemplateRun.Random(random, workload.WeightCount);
        int before = workload is PairWorkload ? first.OutChannels : 0;
        bias = TemplateRun.Random(random, before + last.OutChannels);
        residual = TemplateRun.Random(random, (long)last.Batch * last.OutChannels * last.OutHeight * last.OutWidth);
        float[] between = workload is PairWorkload ? NaiveConvolution.Run(first, x, weights[..(int)first.WeightCount], bias[..before], null) : x;
        Expected = NaiveConvolution.Run(last, between, weights[^(int)last.WeightCount..], bias[before..], residual);
    }

    /// <summary>What the definition says.</summary>
    public float[] Expected { get; }

    /// <summary>What a configuration computes.</summary>
    /// <param name="configuration">A point of the workload's space.</param>
    /// <param name="run">Runs a kernel on its operands and gives the output.</param>
    /// <param name="target">What the kernel is made for.</param>
    public float[] Execute(Configuration configuration, Func<KernelSource, float[][], float[]> run, KernelTarget target) =>
        TemplateRun.Execute(workload, configuration, x, weights, bias, residual, run, target);
}
