using Attune.Kernels.Templates;

namespace Attune.Runtime.Execution;

/// <summary>A kernel without a space of configurations, and what it runs on.</summary>
/// <param name="Workload">What it computes.</param>
/// <param name="Signature">Where its operands lie.</param>
/// <param name="Operands">Its buffers, in position order.</param>
internal sealed record UnsearchedKernel(Workload Workload, KernelSignature Signature, Operand[] Operands);
