using System.Collections.Immutable;
using Attune.Kernels;
using Attune.Kernels.Targets;
using Attune.Passes;
using Attune.Runtime;

namespace Attune.Compile.Coverage;

/// <summary>What would bring a model off reference kernels. Said only where the plan of the changed model agrees.</summary>
/// <param name="AsFloat32">How the model would run if it were converted to 32-bit floats; null where that would not help.</param>
/// <param name="IsQuantised">
/// True when operators of quantised models are among those that run slowly, so that the model it was made from would run faster.
/// </param>
public sealed record CoverageAdvice(KernelCoverage? AsFloat32, bool IsQuantised)
{
    // What is gained must be worth an export.
    private const double WorthIt = 0.01;

    private static readonly ImmutableHashSet<string> Quantised =
        ["QLinearConv", "QLinearMatMul", "ConvInteger", "MatMulInteger", "DynamicQuantizeLinear", "QuantizeLinear", "DequantizeLinear"];

    /// <summary>Advice on a model; none where it runs well.</summary>
    /// <param name="original">The network as read.</param>
    /// <param name="now">How it runs after fusion.</param>
    public static CoverageAdvice Of(Network original, KernelCoverage now) => now.IsSlow
        ? new CoverageAdvice(
            Converted(original, now),
            now.Groups.Any(group => group.Execution == NodeExecution.Reference && Quantised.Contains(group.Operator)))
        : new CoverageAdvice(null, IsQuantised: false);

    private static KernelCoverage? Converted(Network original, KernelCoverage now)
    {
        if (FloatNetwork.Of(original) is not { } converted)
        {
            return null;
        }

        Network fused = PassPipeline.Default.Run(converted);
        var then = KernelCoverage.Of(fused, ModelCoverage.Of(fused, HostTarget.Widest));
        return now.ShareOf(NodeExecution.Reference) - then.ShareOf(NodeExecution.Reference) > WorthIt ? then : null;
    }
}
