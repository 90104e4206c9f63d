using Attune.Kernels;
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
                switch (output.Element)
                {
                    case DataType.UInt8:
                        Copy<byte>(context, input, firstBlock, blocks, member, members);
                        break;
                    case DataType.BFloat16:
                        Copy<BFloat16>(context, input, firstBlock, blocks, member, members);
                        break;
                    default:
                        Copy<float>(context, input, firstBlock, blocks, member, members);
                        break;
                }
            }

            firstBlock += blocks;
        }
    }

    private void Copy<T>(RunContext context, Storage input, int firstBlock, int blocks, int member, int members)
        where T : unmanaged
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
            T* s = (T*)context.AddressOf(input) + from.Origin + (image * from.Batch) + (block * from.Block) + (row * from.Row);
            T* t = (T*)context.AddressOf(output) + to.Origin + (image * to.Batch) + ((firstBlock + block) * to.Block) + (row * to.Row);
            if (from.Pixel == input.Lanes && to.Pixel == input.Lanes)
            {
                new Span<T>(s, extent.Columns * input.Lanes).CopyTo(new Span<T>(t, extent.Columns * input.Lanes));
                continue;
            }

            for (int column = 0; column < extent.Columns; column++)
            {
                new Span<T>(s + (column * from.Pixel), input.Lanes).CopyTo(new Span<T>(t + (column * to.Pixel), input.Lanes));
            }
        }
    }
}
