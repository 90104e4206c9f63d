using System.Collections.Immutable;
using Attune.Cli.Output;
using Attune.Graph;
using Attune.Kernels;
using Attune.Kernels.Targets;
using Attune.Runtime;

namespace Attune.Cli.Coverage;

/// <summary>What would bring a model off reference kernels. Said only where the plan of the changed model agrees.</summary>
internal static class CoverageAdvice
{
    // What is gained must be worth an export.
    private const double WorthIt = 0.01;

    private static readonly ImmutableHashSet<string> Quantised =
        ["QLinearConv", "QLinearMatMul", "ConvInteger", "MatMulInteger", "DynamicQuantizeLinear", "QuantizeLinear", "DequantizeLinear"];

    /// <summary>Sentences of advice; empty when there is none.</summary>
    /// <param name="original">The network as read.</param>
    /// <param name="now">How it runs after fusion.</param>
    public static ImmutableArray<string> Of(Network original, KernelCoverage now)
    {
        if (now.Warning is null)
        {
            return [];
        }

        var advice = ImmutableArray.CreateBuilder<string>();
        if (FloatNetwork.Of(original) is { } converted)
        {
            Network fused = PassPipeline.Default.Run(converted);
            var then = KernelCoverage.Of(fused, ModelCoverage.Of(fused, HostTarget.Widest));
            double gained = now.ShareOf(NodeExecution.Reference) - then.ShareOf(NodeExecution.Reference);
            if (gained > WorthIt)
            {
                advice.Add($"Convert the model to float32: {Units.Percent(1 - then.ShareOf(NodeExecution.Reference))} of its operations would then run on compiled kernels, {Units.Percent(then.ShareOf(NodeExecution.Tuned))} on tuned ones.");
            }
        }

        if (now.Groups.Any(group => group.Execution == NodeExecution.Reference && Quantised.Contains(group.Operator)))
        {
            advice.Add("Use the float32 model that it was quantised from; --weights i8 stores weights of dense layers and 1x1 convolutions in a quarter of the bytes.");
        }

        return advice.ToImmutable();
    }
}
