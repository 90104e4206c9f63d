using Attune.Kernels;
using Attune.Reference;
using Attune.Runtime.Plan;

namespace Attune.Runtime.Execution;

/// <summary>Runs a node without template through its reference kernel, on one thread. Slow and allocating, but every operator runs.</summary>
internal sealed class ReferencePart : StepPart
{
    private readonly Node node;
    private readonly IReadOnlyList<Storage> outputs;
    private readonly Func<RunContext, Tensor?>[] operands;

    public ReferencePart(Node node, IReadOnlyDictionary<string, Tensor> constants, IReadOnlyList<Storage> inputs, IReadOnlyList<Storage> outputs)
    {
        this.node = node;
        this.outputs = outputs;
        operands = [.. node.Inputs.Select(name => Operand(name, constants, inputs))];
    }

    public override void Run(RunContext context, int member, int members)
    {
        if (member != 0)
        {
            return;
        }

        Tensor[] results = ReferenceKernels.Default.Run(node, [.. operands.Select(o => o(context))]);
        int next = 0;
        for (int i = 0; i < node.Outputs.Length; i++)
        {
            if (node.Outputs[i].Length > 0)
            {
                context.Managed[outputs[next++].Id] = results[i];
            }
        }
    }

    private static Func<RunContext, Tensor?> Operand(string name, IReadOnlyDictionary<string, Tensor> constants, IReadOnlyList<Storage> inputs)
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
        return context => context.Managed[storage.Id];
    }
}
