namespace Attune.Kernels.Loops.X64;

/// <content>Loops, branches and variables.</content>
internal sealed partial class X64Lowering
{
    private readonly Dictionary<LoopVariable, int> variables = [];
    private readonly Dictionary<(RegisterTile, long), int> tiles = [];

    // Elements that stay where they are, by how many loops and branches say so.
    private readonly Dictionary<(RegisterTile, long), int> pinned = [];

    private void Lower(Loop loop)
    {
        int counter = New(RegisterClass.General);
        Copy(counter, IndexOf(loop.Begin));
        variables[loop.Variable] = counter;
        int limit = loop.End.IsConstant && FitsImmediate(loop.End.Constant) ? -1 : IndexOf(loop.End);
        bool runs = loop.Begin.IsConstant && loop.End.IsConstant && loop.Begin.Constant < loop.End.Constant;
        int behind = code.NewLabel();
        if (!runs)
        {
            CompareWithLimit(counter, limit, loop.End);
            Jump(Condition.NotLess, behind);
        }

        Dictionary<(RegisterTile, long), int> before = Pin(loop);
        List<(AddressPath From, long Factor, AddressPath Moved, long Bytes)> moved = Bind(loop.Variable, loop.Body.AsSpan(), loop.Begin);
        int first = code.Instructions.Count;
        int again = code.NewLabel();
        bool isInnermost = !loop.Body.Any(statement => statement is Loop or When);
        code.Add(new MachineInstruction(isInnermost ? MachineOperation.LoopLabel : MachineOperation.Label) { Immediate = again });
        Block(loop.Body);
        foreach ((_, _, AddressPath path, long bytes) in moved)
        {
            AddNumber(path.Register, bytes * loop.Step);
        }

        AddNumber(counter, loop.Step);
        CompareWithLimit(counter, limit, loop.End);
        Jump(Condition.Less, again);
        code.EndLoop(first);
        code.Add(new MachineInstruction(MachineOperation.Label) { Immediate = behind });
        Unpin(loop, before);
        foreach ((AddressPath from, long factor, _, _) in moved)
        {
            from.Remove(loop.Variable, factor);
        }

        scope.RemoveAt(scope.Count - 1);
        resolved.Clear();
    }

    private void Lower(When branch)
    {
        int otherwise = code.NewLabel();
        int end = code.NewLabel();
        Index difference = branch.Left - branch.Right;
        int left = IndexOf(difference - difference.Constant);
        if (FitsImmediate(-difference.Constant))
        {
            code.Add(new MachineInstruction(MachineOperation.CompareNumber) { Operand = Operand.Of(left), Immediate = -difference.Constant });
        }
        else
        {
            code.Add(new MachineInstruction(MachineOperation.Compare) { Source = left, Operand = Operand.Of(IndexOf(-difference.Constant)) });
        }

        // Before the jump, since both sides count on it.
        Dictionary<(RegisterTile, long), int> before = Pin(branch);
        Jump(branch.Comparison == Comparison.Equal ? Condition.NotEqual : Condition.NotLess, otherwise);
        Block(branch.Then);
        if (!branch.Otherwise.IsEmpty)
        {
            Jump(null, end);
        }

        code.Add(new MachineInstruction(MachineOperation.Label) { Immediate = otherwise });
        Restore(before);
        Block(branch.Otherwise);
        code.Add(new MachineInstruction(MachineOperation.Label) { Immediate = end });
        Unpin(branch, before);
    }

    private void Lower(Let let)
    {
        int result = New(RegisterClass.General);
        if (let.Operation is IndexOperation.Divide or IndexOperation.Remainder)
        {
            // What divides by zero or overflows ends the process, here as in C.
            if (let.Right is not { IsConstant: true, Constant: > 0 })
            {
                refusal ??= $"'{let.Variable}' divides by {let.Right}; machine code divides by positive constants alone.";
            }

            MachineOperation operation = let.Operation == IndexOperation.Divide ? MachineOperation.Divide : MachineOperation.Remainder;
            code.Add(new MachineInstruction(operation) { Destination = result, Source = IndexOf(let.Left), Operand = Operand.Of(IndexOf(let.Right)) });
        }
        else
        {
            int right = IndexOf(let.Right);
            Copy(result, IndexOf(let.Left));
            code.Add(new MachineInstruction(MachineOperation.Compare) { Source = result, Operand = Operand.Of(right) });
            code.Add(new MachineInstruction(MachineOperation.MoveIf)
            {
                Destination = result,
                Accumulates = true,
                Operand = Operand.Of(right),
                Condition = let.Operation == IndexOperation.Minimum ? Condition.Greater : Condition.Less,
            });
        }

        variables[let.Variable] = result;
    }

    // From here on, elements that count behind a loop or branch stay where they are; those without a place get one.
    private Dictionary<(RegisterTile, long), int> Pin(Statement statement)
    {
        foreach ((RegisterTile, long) element in liveness.CarriedThrough(statement))
        {
            _ = RegisterOf(element);
            pinned[element] = pinned.GetValueOrDefault(element) + 1;
        }

        return new Dictionary<(RegisterTile, long), int>(tiles);
    }

    private void Unpin(Statement statement, Dictionary<(RegisterTile, long), int> before)
    {
        foreach ((RegisterTile, long) element in liveness.CarriedThrough(statement))
        {
            pinned[element]--;
        }

        Restore(before);
    }

    private void Restore(Dictionary<(RegisterTile, long), int> before)
    {
        tiles.Clear();
        foreach (((RegisterTile, long) element, int register) in before)
        {
            tiles[element] = register;
        }
    }

    private int RegisterOf((RegisterTile Tile, long Element) element)
    {
        if (!tiles.TryGetValue(element, out int register))
        {
            register = tiles[element] = New(RegisterClass.Vector);
            code.Add(new MachineInstruction(MachineOperation.Undefined) { Destination = register });
        }

        return register;
    }

    private void CompareWithLimit(int counter, int limit, Index end) => code.Add(limit < 0
        ? new MachineInstruction(MachineOperation.CompareNumber) { Operand = Operand.Of(counter), Immediate = end.Constant }
        : new MachineInstruction(MachineOperation.Compare) { Source = counter, Operand = Operand.Of(limit) });

    private void Jump(Condition? condition, int label) =>
        code.Add(new MachineInstruction(MachineOperation.Jump) { Condition = condition, Immediate = label });
}
