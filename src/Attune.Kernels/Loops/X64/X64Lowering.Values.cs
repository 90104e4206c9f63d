using System.Collections.Immutable;

namespace Attune.Kernels.Loops.X64;

/// <content>Vector expressions.</content>
internal sealed partial class X64Lowering
{
    private void Lower(Assign assign)
    {
        (RegisterTile, long) element = (assign.Tile, TileLiveness.ElementOf(assign.Tile, assign.Subscripts));
        bool stays = pinned.GetValueOrDefault(element) > 0 || (tiles.TryGetValue(element, out int old) && Reads(assign.Value, old));
        int target = stays ? RegisterOf(element) : New(RegisterClass.Vector);
        Into(target, assign.Value);
        tiles[element] = target;
    }

    /// <summary>A register that holds a value, which nobody may change: that of a tile's element where the value is one.</summary>
    private int Evaluate(Value value)
    {
        if (value is Read read)
        {
            return RegisterOf((read.Tile, TileLiveness.ElementOf(read.Tile, read.Subscripts)));
        }

        if (SharedOf(value) is var known and >= 0)
        {
            return known;
        }

        return Unshared(value);
    }

    /// <summary>A value as the last operand of an instruction, which need not be a register.</summary>
    private Operand OperandOf(Value value, VectorOpcode opcode) => SharedOf(value) is var known and >= 0 ? Operand.Of(known) : value switch
    {
        Load { Buffer.Element: DataType.Float32 or DataType.Int32 } load => Memory(load.Buffer, load.Offset),
        Broadcast load when isEvex && opcode.Broadcasts => Memory(Words(load.Buffer), load.Offset, broadcast: true),
        Constant constant => ConstantOf(BitConverter.SingleToInt32Bits(constant.Number), opcode),
        IntegerConstant constant => ConstantOf(constant.Number, opcode),
        Broadcast => Operand.Of(Unshared(value)),
        _ => Operand.Of(Evaluate(value)),
    };

    private Operand ConstantOf(int bits, VectorOpcode opcode)
    {
        bool broadcasts = isEvex && opcode.Broadcasts;
        return Operand.Constant(code.Constants.Place(bits, broadcasts ? 1 : program.Lanes), broadcasts);
    }

    // True for what takes no instruction of its own as a last operand.
    private bool IsFree(Value value) =>
        value is Load { Buffer.Element: DataType.Float32 or DataType.Int32 } or Constant or IntegerConstant || (isEvex && value is Broadcast);

    private void Into(int target, Value value)
    {
        if (SharedOf(value) is var known and >= 0)
        {
            Move(target, known);
            return;
        }

        Fresh(target, value);
    }

    private int Unshared(Value value)
    {
        int register = New(RegisterClass.Vector);
        Fresh(register, value);
        return register;
    }

    // Computes a value that no register is kept for.
    private void Fresh(int target, Value value)
    {
        switch (value)
        {
            case Load load:
                LoadInto(target, load);
                break;
            case Broadcast load:
                Emit(VectorOpcodes.Broadcast, target, -1, Memory(Words(load.Buffer), load.Offset));
                break;
            case Constant constant:
                FillWith(target, BitConverter.SingleToInt32Bits(constant.Number));
                break;
            case IntegerConstant constant:
                FillWith(target, constant.Number);
                break;
            case Read read:
                Move(target, Evaluate(read));
                break;
            case Conversion { Operand: Unary { Operation: UnaryOperation.RoundToEven } rounded }:
                Emit(VectorOpcodes.ToNearestIntegers, target, -1, OperandOf(rounded.Operand, VectorOpcodes.ToNearestIntegers));
                break;
            case Conversion conversion:
                VectorOpcode convert = conversion.Element == DataType.Int32 ? VectorOpcodes.ToIntegers : VectorOpcodes.ToFloats;
                Emit(convert, target, -1, OperandOf(conversion.Operand, convert));
                break;
            case Unary unary:
                UnaryInto(target, unary);
                break;
            case Reduction reduction:
                ReduceInto(target, reduction);
                break;
            case FirstLanes first:
                FirstInto(target, first);
                break;
            case Binary binary:
                BinaryInto(target, binary);
                break;
            case DotProduct product:
                ProductInto(target, product);
                break;
            case PairProduct product:
                PairProductInto(target, product);
                break;
            case MultiplyAdd fma:
                MultiplyAddInto(target, fma);
                break;
            default:
                throw new InvalidOperationException($"Unknown value {value.GetType().Name}.");
        }
    }

    private void FillWith(int target, int bits)
    {
        if (bits == 0)
        {
            code.Add(new MachineInstruction(MachineOperation.VectorZero) { Destination = target, Width = width });
        }
        else
        {
            Emit(VectorOpcodes.Broadcast, target, -1, Operand.Constant(code.Constants.Place(bits, 1)));
        }
    }

    private void UnaryInto(int target, Unary unary)
    {
        switch (unary.Operation)
        {
            case UnaryOperation.Negate:
                Emit(VectorOpcodes.ExclusiveOr, target, Evaluate(unary.Operand), ConstantOf(int.MinValue, VectorOpcodes.ExclusiveOr));
                break;
            case UnaryOperation.Absolute:
                Emit(VectorOpcodes.And, target, Evaluate(unary.Operand), ConstantOf(int.MaxValue, VectorOpcodes.And));
                break;
            case UnaryOperation.SquareRoot:
                Emit(VectorOpcodes.SquareRoot, target, -1, OperandOf(unary.Operand, VectorOpcodes.SquareRoot));
                break;
            case UnaryOperation.RoundToEven:
                Emit(VectorOpcodes.Round, target, -1, OperandOf(unary.Operand, VectorOpcodes.Round));
                break;
            case UnaryOperation.ShiftToExponent:
                Emit(VectorOpcodes.ShiftLeft, target, -1, Operand.Of(Evaluate(unary.Operand)), immediate: 23);
                break;
            default:
                throw new InvalidOperationException($"Functions are expanded before they are lowered; {unary.Operation} is left.");
        }
    }

    private void BinaryInto(int target, Binary binary)
    {
        bool integers = binary.Element == DataType.Int32;
        VectorOpcode opcode = binary.Operation switch
        {
            BinaryOperation.Add => integers ? VectorOpcodes.AddIntegers : VectorOpcodes.Add,
            BinaryOperation.Subtract => integers ? VectorOpcodes.SubtractIntegers : VectorOpcodes.Subtract,
            BinaryOperation.Multiply => integers ? VectorOpcodes.MultiplyIntegers : VectorOpcodes.Multiply,
            BinaryOperation.Divide when !integers => VectorOpcodes.Divide,
            BinaryOperation.Minimum => integers ? VectorOpcodes.MinimumIntegers : VectorOpcodes.Minimum,
            BinaryOperation.Maximum => integers ? VectorOpcodes.MaximumIntegers : VectorOpcodes.Maximum,
            _ => throw new InvalidOperationException($"{binary.Operation} is no operation on {binary.Element}."),
        };

        // Minimum and maximum of floats care about the order when there is a NaN.
        bool commutes = binary.Operation is BinaryOperation.Add or BinaryOperation.Multiply || (integers && binary.Operation != BinaryOperation.Subtract);
        bool swap = commutes && IsFree(binary.Left) && !IsFree(binary.Right);
        Value left = swap ? binary.Right : binary.Left;
        int source = Evaluate(left);
        Emit(opcode, target, source, OperandOf(swap ? binary.Left : binary.Right, opcode));
    }

    private void MultiplyAddInto(int target, MultiplyAdd fma)
    {
        (Value left, Value right) = IsFree(fma.Left) && !IsFree(fma.Right) ? (fma.Right, fma.Left) : (fma.Left, fma.Right);
        if (Is(fma.Addend, target))
        {
            int source = Evaluate(left);
            Accumulate(VectorOpcodes.MultiplyAdd231, target, source, OperandOf(right, VectorOpcodes.MultiplyAdd231));
        }
        else if (Is(left, target) || Is(right, target))
        {
            int source = Evaluate(Is(left, target) ? right : left);
            Accumulate(VectorOpcodes.MultiplyAdd213, target, source, OperandOf(fma.Addend, VectorOpcodes.MultiplyAdd213));
        }
        else if (Reads(fma, target))
        {
            Move(target, Evaluate(fma));
        }
        else if (IsFree(fma.Addend) && IsComputed(left))
        {
            Into(target, left);
            int source = Evaluate(right);
            Accumulate(VectorOpcodes.MultiplyAdd213, target, source, OperandOf(fma.Addend, VectorOpcodes.MultiplyAdd213));
        }
        else
        {
            Into(target, fma.Addend);
            int source = Evaluate(left);
            Accumulate(VectorOpcodes.MultiplyAdd231, target, source, OperandOf(right, VectorOpcodes.MultiplyAdd231));
        }
    }

    private bool IsComputed(Value value) => value is not Read && !IsFree(value);

    private bool Is(Value value, int register) =>
        value is Read read && tiles.GetValueOrDefault((read.Tile, TileLiveness.ElementOf(read.Tile, read.Subscripts)), -1) == register;

    // True when a value depends on what a register holds now.
    private bool Reads(Value value, int register) => value switch
    {
        Read => Is(value, register),
        Conversion conversion => Reads(conversion.Operand, register),
        Unary unary => Reads(unary.Operand, register),
        Reduction reduction => Reads(reduction.Operand, register),
        FirstLanes first => Reads(first.Operand, register),
        Binary binary => Reads(binary.Left, register) || Reads(binary.Right, register),
        DotProduct product => Reads(product.Left, register) || Reads(product.Right, register) || Reads(product.Addend, register),
        PairProduct product => Reads(product.Left, register) || Reads(product.Right, register) || Reads(product.Addend, register),
        MultiplyAdd fma => Reads(fma.Left, register) || Reads(fma.Right, register) || Reads(fma.Addend, register),
        _ => false,
    };

    private static Buffer Words(Buffer buffer) => buffer.Element is DataType.Float32 or DataType.Int32
        ? buffer
        : throw new InvalidOperationException($"Buffer '{buffer}' holds {buffer.Element}; only vectors can be loaded from it.");

    private void Move(int target, int source) =>
        code.Add(new MachineInstruction(MachineOperation.VectorMove) { Destination = target, Operand = Operand.Of(source), Width = width });

    private void Emit(VectorOpcode opcode, int target, int source, Operand operand, int immediate = 0, VectorWidth? at = null) =>
        code.Add(new MachineInstruction(MachineOperation.Vector)
        {
            Opcode = opcode,
            Width = at ?? width,
            Destination = target,
            Source = source,
            Operand = operand,
            Immediate = immediate,
        });

    private void Accumulate(VectorOpcode opcode, int target, int source, Operand operand) =>
        code.Add(new MachineInstruction(MachineOperation.Vector)
        {
            Opcode = opcode,
            Width = width,
            Destination = target,
            Accumulates = true,
            Source = source,
            Operand = operand,
        });
}
