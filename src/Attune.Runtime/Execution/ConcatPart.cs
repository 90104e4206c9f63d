using Attune.Kernels.Templates;
using Attune.Runtime.Plan;

namespace Attune.Runtime.Execution;

/// <summary>Copies those inputs of a concatenation that could not be written in place.</summary>
internal sealed unsafe class ConcatPart(IReadOnlyList<Storage> inputs, Storage output) : StepPart
{
    public override void Run(RunContext context, int member, int members)
    {
        int firstBlock = 0;
        foreach (Storage input in inputs)
        {
            int blocks = (input.Extent.Channels + input.Lanes - 1) / input.Lanes;
            if (input.Parent != output)
            {
                Copy(context, input, firstBlock, blocks, member, members);
            }

            firstBlock += blocks;
        }
    }

    private void Copy(RunContext context, Storage input, int firstBlock, int blocks, int member, int members)
    {
        ActivationView from = input.ImageView;
        ActivationView to = output.ImageView;
        Extent extent = input.Extent;
        int lines = extent.Images * blocks * extent.Rows;
        for (int line = lines * member / members; line < lines * (member + 1) / members; line++)
        {
            int row = line % extent.Rows;
            int block = line / extent.Rows % blocks;
            int image = line / extent.Rows / blocks;
            float* s = context.AddressOf(input) + from.Origin + (image * from.Batch) + (block * from.Block) + (row * from.Row);
            float* t = context.AddressOf(output) + to.Origin + (image * to.Batch) + ((firstBlock + block) * to.Block) + (row * to.Row);
            new Span<float>(s, extent.Columns * input.Lanes).CopyTo(new Span<float>(t, extent.Columns * input.Lanes));
        }
    }
}
