using Attune.Kernels;
using Attune.Reference;
using Attune.Runtime.Plan;

namespace Attune.Runtime.Execution;

/// <summary>A node without template and where its operands come from: its reference kernel, slow and allocating, on tensors of the host.</summary>
internal sealed class ReferenceCall
{
    private readonly Node node;
    private readonly IReadOnlyList<Storage> outputs;
    private readonly Func<Tensor?[], Tensor?>[] operands;

    /// <summary>Finds the operands.</summary>
    /// <param name="node">The node.</param>
    /// <param name="constants">Constants of the network.</param>
    /// <param name="inputs">Storages of the values that it reads.</param>
    /// <param name="outputs">Storages of the values that it writes.</param>
    public ReferenceCall(Node node, IReadOnlyDictionary<string, Tensor> constants, IReadOnlyList<Storage> inputs, IReadOnlyList<Storage> outputs)
    {
        this.node = node;
        this.outputs = outputs;
        operands = [.. node.Inputs.Select(name => Operand(name, constants, inputs))];
    }

    /// <summary>Runs the kernel.</summary>
    /// <param name="managed">Values of the host, by storage id.</param>
    public void Run(Tensor?[] managed)
    {
        Tensor[] results = ReferenceKernels.Default.Run(node, [.. operands.Select(operand => operand(managed))]);
        int next = 0;
        for (int i = 0; i < node.Outputs.Length; i++)
        {
            if (node.Outputs[i].Length > 0)
            {
                managed[outputs[next++].Id] = results[i];
            }
        }
    }

    private static Func<Tensor?[], Tensor?> Operand(string name, IReadOnlyDictionary<string, Tensor> constants, IReadOnlyList<Storage> inputs)
    {
        if (name.Length == 0)
        {
            return _ => null;
        }

        if (constants.TryGetValue(name, out Tensor? constant))
        {
            // The file that the elements may lie in is closed after loading.
            Tensor kept = constant.Stored is null ? constant : Tensor.Wrap(constant.Shape, constant.Data);
            return _ => kept;
        }

        Storage storage = inputs.First(s => s.Value == name);
        return managed => managed[storage.Id];
    }
}
