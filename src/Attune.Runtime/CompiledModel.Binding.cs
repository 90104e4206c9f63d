using Attune.Kernels;
using Attune.Runtime.Binding;
using Attune.Runtime.Execution;
using Attune.Runtime.Plan;

namespace Attune.Runtime;

/// <content>Runs on bound memory.</content>
public sealed partial class CompiledModel
{
    /// <summary>A set of buffers for all inputs and outputs, of any element type, to be bound once and run many times.</summary>
    public ModelBinding CreateBinding() => new(this);

    /// <summary>Runs on bound memory.</summary>
    /// <param name="sources">Memory of every input.</param>
    /// <param name="targets">Memory of every output; null where nobody asks for it.</param>
    /// <param name="tensors">Tensors of the binding for inputs that reference kernels read; made on first use.</param>
    internal void Run(BoundBuffer[] sources, BoundBuffer?[] targets, Tensor?[] tensors)
    {
        Inference inference = Rent();
        try
        {
            for (int i = 0; i < sources.Length; i++)
            {
                Supply(inference.Context, i, sources[i], tensors);
            }

            Infer(inference);
            for (int i = 0; i < targets.Length; i++)
            {
                if (targets[i] is { } target)
                {
                    Deliver(inference.Context, i, target);
                }
            }
        }
        finally
        {
            Return(inference);
        }
    }

    private void Supply(RunContext context, int index, BoundBuffer source, Tensor?[] tensors)
    {
        Storage storage = plan.Inputs[index];
        if (storage.Kind == StorageKind.External)
        {
            context.External[storage.Id] = source.Address;
            return;
        }

        Tensor tensor = tensors[index] ??= Tensor.Zeros(Inputs[index].Type.Element, Inputs[index].Type.Shape);
        source.CopyTo(tensor);
        context.Managed[storage.Id] = tensor;
    }

    private unsafe void Deliver(RunContext context, int index, BoundBuffer target)
    {
        Storage storage = plan.Outputs[index];
        if (plan.Network.Constants.TryGetValue(Outputs[index].Name, out Tensor? constant))
        {
            target.CopyFrom(constant);
        }
        else if (storage.Kind == StorageKind.Managed)
        {
            target.CopyFrom(context.Managed[storage.Id]!);
        }
        else
        {
            long bytes = Outputs[index].Type.Shape.Count * sizeof(float);
            Buffer.MemoryCopy(context.AddressOf(storage), (void*)target.Address, bytes, bytes);
        }
    }
}
