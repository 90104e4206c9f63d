using Attune.Runtime.Plan;

namespace Attune.Runtime.Execution;

/// <summary>Softmax over rows of dense memory, with the maximum subtracted first.</summary>
internal sealed unsafe class SoftmaxPart(Storage input, Storage output, int rows, int columns) : StepPart
{
    public override void Run(RunContext context, int member, int members)
    {
        for (int row = (int)((long)rows * member / members); row < (int)((long)rows * (member + 1) / members); row++)
        {
            float* x = context.AddressOf(input) + ((long)row * columns);
            float* y = context.AddressOf(output) + ((long)row * columns);
            float maximum = float.NegativeInfinity;
            for (int i = 0; i < columns; i++)
            {
                maximum = Math.Max(maximum, x[i]);
            }

            float sum = 0;
            for (int i = 0; i < columns; i++)
            {
                y[i] = MathF.Exp(x[i] - maximum);
                sum += y[i];
            }

            float factor = 1 / sum;
            for (int i = 0; i < columns; i++)
            {
                y[i] *= factor;
            }
        }
    }
}
