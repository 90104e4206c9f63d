namespace Attune.Kernels.Loops.X64;

/// <content>Vector instructions.</content>
internal sealed partial class Assembler
{
    private const int VexRegisters = 16;

    /// <summary>Encodes a vector instruction: in VEX, which is shorter, where that says everything, in EVEX otherwise.</summary>
    /// <param name="opcode">The instruction.</param>
    /// <param name="width">Width of its vectors; of those that are extracted from, for extractions.</param>
    /// <param name="register">Destination; of stores and extractions, the source.</param>
    /// <param name="source">First source of three operands; otherwise anything.</param>
    /// <param name="operand">Last source; of stores and extractions, the destination.</param>
    /// <param name="immediate">What follows, where the instruction has it.</param>
    /// <param name="mask">Mask register, 1 to 7: lanes that are computed or stored. 0 for all.</param>
    /// <exception cref="InvalidOperationException">There is no such form.</exception>
    public void Vector(VectorOpcode opcode, VectorWidth width, int register, int source, Operand operand, int immediate = 0, int mask = 0)
    {
        (int reg, int vvvv) = opcode.Form switch
        {
            VectorForm.ThreeOperands => (register, source),
            VectorForm.Shift => (opcode.Extension, register),
            _ => (register, 0),
        };
        bool high = reg >= VexRegisters || vvvv >= VexRegisters || (operand.IsRegister && operand.Register >= VexRegisters);
        bool beyond = high || width == VectorWidth.Zmm || operand.Broadcast || mask != 0;
        int immediateBytes = opcode.HasImmediate ? 1 : 0;
        if (opcode.HasVex && !beyond)
        {
            Vex(opcode, width, reg, vvvv, operand);
            bytes.Add(opcode.Code);
            Modify(reg, operand, 1, immediateBytes);
        }
        else if (opcode.HasEvex && (!operand.Broadcast || opcode.Broadcasts))
        {
            Evex(opcode, width, reg, vvvv, operand, mask);
            bytes.Add(opcode.Code);
            Modify(reg, operand, opcode.DisplacementUnit(width, operand.Broadcast), immediateBytes);
        }
        else
        {
            throw new InvalidOperationException($"{opcode.Name} has no form for {width} and {operand}.");
        }

        if (opcode.HasImmediate)
        {
            bytes.Add((byte)immediate);
        }
    }

    private void Vex(VectorOpcode opcode, VectorWidth width, int reg, int vvvv, Operand operand)
    {
        int last = ((~vvvv & 0xF) << 3) | ((int)width << 2) | opcode.Prefix;
        int notReg = reg > 7 ? 0 : 0x80;
        bool extended = operand.Register > 7;
        if (opcode.Map == 1 && !extended)
        {
            bytes.Add(0xC5);
            bytes.Add((byte)(notReg | last));
            return;
        }

        bytes.Add(0xC4);
        bytes.Add((byte)(notReg | 0x40 | (extended ? 0 : 0x20) | opcode.Map));
        bytes.Add((byte)last);
    }

    private void Evex(VectorOpcode opcode, VectorWidth width, int reg, int vvvv, Operand operand, int mask)
    {
        // A register's bit 4 stands where memory has the extension of its index.
        bool operandBit4 = operand.IsRegister && (operand.Register & 16) != 0;
        bool operandBit3 = operand.Register > 0 && (operand.Register & 8) != 0;
        bytes.Add(0x62);
        bytes.Add((byte)(Unset(0x80, (reg & 8) != 0) | Unset(0x40, operandBit4) | Unset(0x20, operandBit3) | Unset(0x10, (reg & 16) != 0) | opcode.Map));
        bytes.Add((byte)((opcode.EvexW ? 0x80 : 0) | ((~vvvv & 0xF) << 3) | 4 | opcode.Prefix));
        bytes.Add((byte)(((int)width << 5) | (operand.Broadcast ? 0x10 : 0) | Unset(8, (vvvv & 16) != 0) | mask));
    }

    private static int Unset(int bit, bool set) => set ? 0 : bit;
}
