using Attune.Kernels.Templates;
using Attune.Kernels.Templates.Quantized;
using Attune.Runtime.Plan;

namespace Attune.Runtime.Execution;

/// <summary>Writes the numbers of a layer's <see cref="RequantizationTable"/> for a scale and a zero that are known only now.</summary>
/// <param name="workload">The layer.</param>
/// <param name="unit">Its table for an input of scale one and zero 0.</param>
/// <param name="sums">Sum of the weights of each output channel.</param>
/// <param name="scale">Where scale and zero of the input are.</param>
/// <param name="table">Where the table goes.</param>
internal sealed unsafe class RescalePart(QuantizedWorkload workload, float[] unit, int[] sums, (Storage Scale, Storage Zero) scale, Storage table) : StepPart
{
    public override void Run(RunContext context, int member, int members)
    {
        int first = (int)((long)workload.OutChannels * member / members);
        int end = (int)((long)workload.OutChannels * (member + 1) / members);
        if (first < end)
        {
            byte zero = *(byte*)context.AddressOf(scale.Zero);
            RequantizationTable.Rescale(
                workload, unit, sums, *context.AddressOf(scale.Scale), zero, first..end, new Span<float>(context.AddressOf(table), unit.Length));
        }
    }
}
