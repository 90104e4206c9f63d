namespace Attune.Kernels.Loops.X64;

/// <content>Addresses and index arithmetic.</content>
internal sealed partial class X64Lowering
{
    private readonly Dictionary<(int Position, int ElementBytes), AddressPath> addresses = [];
    private readonly List<LoopVariable> scope = [];
    private readonly Dictionary<(Buffer Buffer, Index Offset), AddressPath> resolved = new(AccessScan.SameTerms);

    /// <summary>Takes a variable into the scope and makes the addresses of all accesses in it that depend on the variable.</summary>
    private List<(AddressPath From, long Factor, AddressPath Moved, long Bytes)> Bind(
        LoopVariable variable, ReadOnlySpan<Statement> body, Index? begin = null)
    {
        var made = new List<(AddressPath From, long Factor, AddressPath Moved, long Bytes)>();
        foreach ((Buffer buffer, Index offset) in AccessScan.Of(body))
        {
            long factor = FactorOf(offset, variable);
            if (factor == 0)
            {
                continue;
            }

            AddressPath from = PathOf(buffer, offset);
            if (from.Step(variable, factor) is null)
            {
                long bytes = factor * buffer.ElementBytes;
                var path = new AddressPath(Moved(from.Register, variables[variable], bytes, begin));
                from.Add(variable, factor, path);
                made.Add((from, factor, path, bytes));
            }
        }

        scope.Add(variable);
        resolved.Clear();
        return made;
    }

    // An address plus bytes times a variable, whose value may be known.
    private int Moved(int address, int variable, long bytes, Index? value)
    {
        int moved = New(RegisterClass.General);
        if (value is { IsConstant: true })
        {
            Copy(moved, address);
            AddNumber(moved, bytes * value.Constant);
            return moved;
        }

        Multiply(moved, variable, bytes);
        code.Add(new MachineInstruction(MachineOperation.Add) { Destination = moved, Accumulates = true, Operand = Operand.Of(address) });
        return moved;
    }

    /// <summary>The address with the terms of all variables in scope.</summary>
    private AddressPath PathOf(Buffer buffer, Index offset)
    {
        AddressPath path = addresses[(buffer.Position, buffer.ElementBytes)];
        foreach (LoopVariable variable in scope)
        {
            long factor = FactorOf(offset, variable);
            path = factor == 0 ? path : path.Step(variable, factor)!;
        }

        return path;
    }

    private Operand Memory(Buffer buffer, Index offset, bool broadcast = false)
    {
        if (!resolved.TryGetValue((buffer, offset), out AddressPath? path))
        {
            path = resolved[(buffer, offset)] = PathOf(buffer, offset);
        }

        long bytes = offset.Constant * buffer.ElementBytes;
        if (!FitsImmediate(bytes))
        {
            refusal ??= $"An access to '{buffer}' lies {bytes} bytes from its address; instructions reach 2^31.";
        }

        return Operand.Memory(path.Register, unchecked((int)bytes), broadcast);
    }

    private void Lower(Prefetch prefetch)
    {
        Operand memory = Memory(prefetch.Buffer, prefetch.Offset);
        code.Add(new MachineInstruction(MachineOperation.Prefetch) { Operand = memory });
    }

    /// <summary>A register with the value of an index, which nobody may change: that of a variable where the index is one.</summary>
    private int IndexOf(Index index)
    {
        if (index.IsConstant)
        {
            int constant = New(RegisterClass.General);
            code.Add(new MachineInstruction(MachineOperation.Number) { Destination = constant, Immediate = index.Constant });
            return constant;
        }

        (LoopVariable first, long factor) = index.Terms[0];
        if (index is { Terms.Length: 1, Constant: 0 } && factor == 1)
        {
            return variables[first];
        }

        int sum = New(RegisterClass.General);
        Multiply(sum, variables[first], factor);
        foreach ((LoopVariable variable, long times) in index.Terms.AsSpan()[1..])
        {
            int term = variables[variable];
            if (times != 1)
            {
                term = New(RegisterClass.General);
                Multiply(term, variables[variable], times);
            }

            code.Add(new MachineInstruction(MachineOperation.Add) { Destination = sum, Accumulates = true, Operand = Operand.Of(term) });
        }

        AddNumber(sum, index.Constant);
        return sum;
    }

    private void Multiply(int destination, int variable, long factor)
    {
        if (factor == 1)
        {
            Copy(destination, variable);
        }
        else if (FitsImmediate(factor))
        {
            code.Add(new MachineInstruction(MachineOperation.MultiplyNumber) { Destination = destination, Operand = Operand.Of(variable), Immediate = factor });
        }
        else
        {
            code.Add(new MachineInstruction(MachineOperation.Number) { Destination = destination, Immediate = factor });
            code.Add(new MachineInstruction(MachineOperation.Multiply) { Destination = destination, Accumulates = true, Operand = Operand.Of(variable) });
        }
    }

    private void AddNumber(int register, long number)
    {
        if (number == 0)
        {
            return;
        }

        code.Add(FitsImmediate(number)
            ? new MachineInstruction(MachineOperation.AddNumber) { Destination = register, Accumulates = true, Immediate = number }
            : new MachineInstruction(MachineOperation.Add) { Destination = register, Accumulates = true, Operand = Operand.Of(IndexOf(number)) });
    }

    private void Copy(int destination, int source) =>
        code.Add(new MachineInstruction(MachineOperation.Move) { Destination = destination, Operand = Operand.Of(source) });

    private static bool FitsImmediate(long number) => number is >= int.MinValue and <= int.MaxValue;

    private static long FactorOf(Index offset, LoopVariable variable)
    {
        foreach ((LoopVariable one, long factor) in offset.Terms)
        {
            if (one == variable)
            {
                return factor;
            }
        }

        return 0;
    }
}
