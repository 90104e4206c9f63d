using Attune.Kernels.Targets;

namespace Attune.Kernels.Loops.X64;

/// <content>Stores: whole vectors and their first lanes, as they are or as bytes.</content>
internal sealed partial class X64Lowering
{
    private void Lower(Buffer buffer, Index offset, Value value, int count)
    {
        bool narrows = buffer.StoredAs != buffer.Element;
        if (!narrows)
        {
            _ = Words(buffer);
        }

        if (buffer.Element == DataType.BFloat16)
        {
            StoreRounded(value, Memory(buffer, offset), count);
            return;
        }

        int source = Evaluate(value);
        Operand memory = Memory(buffer, offset);
        if (narrows && buffer.Element == DataType.UInt8 && isEvex)
        {
            // The instruction takes integers without sign.
            source = Made(VectorOpcodes.MaximumIntegers, source, ConstantOf(0, VectorOpcodes.MaximumIntegers));
        }

        bool isWhole = count == program.Lanes;
        if (isEvex && (isWhole || count > 1 || narrows))
        {
            VectorOpcode opcode = !narrows ? VectorOpcodes.Store
                : buffer.Element == DataType.UInt8 ? VectorOpcodes.NarrowUnsigned : VectorOpcodes.NarrowSigned;
            if (!isWhole)
            {
                code.Add(new MachineInstruction(MachineOperation.Mask) { Immediate = (1 << count) - 1 });
            }

            Store(opcode, source, memory, width, isMasked: !isWhole);
        }
        else if (narrows)
        {
            StoreBytes(Packed(source, buffer.Element), memory, count);
        }
        else if (isWhole)
        {
            Store(VectorOpcodes.Store, source, memory, width);
        }
        else
        {
            StoreWords(source, memory, count);
        }
    }

    private void StoreRounded(Value value, Operand memory, int count)
    {
        int rounded = New(RegisterClass.Vector);
        Emit(VectorOpcodes.RoundToBrainFloats, rounded, -1, OperandOf(value, VectorOpcodes.RoundToBrainFloats));
        VectorWidth half = width == VectorWidth.Zmm ? VectorWidth.Ymm : VectorWidth.Xmm;
        if (count < program.Lanes)
        {
            code.Add(new MachineInstruction(MachineOperation.Mask) { Immediate = (1 << count) - 1 });
            Store(VectorOpcodes.StoreWords, rounded, memory, half, isMasked: true);
        }
        else
        {
            Store(width == VectorWidth.Xmm ? VectorOpcodes.StoreTwo : VectorOpcodes.Store, rounded, memory, half);
        }
    }

    // Four, two and one words, as many as it takes: stores with masks in registers are slow on many processors that have them.
    private void StoreWords(int source, Operand memory, int count)
    {
        if ((count & 4) != 0)
        {
            Store(VectorOpcodes.Store, source, memory, VectorWidth.Xmm);
            memory = Behind(memory, 4 * sizeof(float));
            if ((count & 3) != 0)
            {
                int upper = New(RegisterClass.Vector);
                Extract(VectorOpcodes.ExtractQuarter, upper, source, VectorWidth.Ymm);
                source = upper;
            }
        }

        if ((count & 2) != 0)
        {
            Store(VectorOpcodes.StoreTwo, source, memory, VectorWidth.Xmm);
            memory = Behind(memory, 2 * sizeof(float));
            if ((count & 1) != 0)
            {
                int upper = New(RegisterClass.Vector);
                Emit(VectorOpcodes.Permute, upper, -1, Operand.Of(source), SwapHalves, VectorWidth.Xmm);
                source = upper;
            }
        }

        if ((count & 1) != 0)
        {
            Store(VectorOpcodes.StoreOne, source, memory, VectorWidth.Xmm);
        }
    }

    // Integers as bytes in the lowest lanes: by way of 16 bits, which saturate too.
    private int Packed(int source, DataType element)
    {
        int upper = source;
        if (width == VectorWidth.Ymm)
        {
            upper = New(RegisterClass.Vector);
            Extract(VectorOpcodes.ExtractQuarter, upper, source, VectorWidth.Ymm);
        }

        int halves = New(RegisterClass.Vector);
        int bytes = New(RegisterClass.Vector);
        Emit(VectorOpcodes.PackWords, halves, source, Operand.Of(upper), at: VectorWidth.Xmm);
        VectorOpcode pack = element == DataType.UInt8 ? VectorOpcodes.PackBytes : VectorOpcodes.PackSignedBytes;
        Emit(pack, bytes, halves, Operand.Of(halves), at: VectorWidth.Xmm);
        return bytes;
    }

    private void StoreBytes(int bytes, Operand memory, int count)
    {
        int done = 0;
        foreach ((int size, VectorOpcode opcode) in ((int, VectorOpcode)[])[
            (8, VectorOpcodes.StoreEightBytes), (4, VectorOpcodes.StoreFourBytes), (2, VectorOpcodes.StoreTwoBytes), (1, VectorOpcodes.StoreByte)])
        {
            if ((count & size) == 0)
            {
                continue;
            }

            // Those of four and eight bytes always take the lowest ones, and come first.
            Store(opcode, bytes, Behind(memory, done), VectorWidth.Xmm, immediate: opcode.HasImmediate ? done / size : 0);
            done += size;
        }
    }

    private static Operand Behind(Operand memory, int bytes) => memory with { Offset = unchecked(memory.Offset + bytes) };

    private void Store(VectorOpcode opcode, int source, Operand memory, VectorWidth at, bool isMasked = false, int immediate = 0) =>
        code.Add(new MachineInstruction(MachineOperation.Vector)
        {
            Opcode = opcode,
            Width = at,
            Source = source,
            Operand = memory,
            IsMasked = isMasked,
            Immediate = immediate,
        });

    // How products of bytes are computed: by one of two instructions, which processors have independently, or by several.
    private VectorInstructionChoice ChoiceOfProduct() =>
        isEvex && instructions.HasFlag(VectorInstructions.DotProduct512) ? VectorInstructionChoice.Evex
        : !isEvex && instructions.HasFlag(VectorInstructions.DotProduct256) ? VectorInstructionChoice.Vex
        : VectorInstructionChoice.Pairs;
}
