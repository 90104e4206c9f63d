namespace Attune.Kernels.Loops.X64;

/// <content>Vectors, some of which lie in slots.</content>
internal sealed partial class MachineEncoder
{
    private int WrittenVector => places.VectorScratch[0];

    private int ReadVector => places.VectorScratch[1];

    private void Vector(MachineInstruction one)
    {
        VectorOpcode opcode = one.Opcode!;
        int mask = one.IsMasked ? FunctionMask : 0;
        int source = one.Source < 0 ? 0 : FetchedVector(one.Source, one.Width);
        if (opcode.Form == VectorForm.ToOperand)
        {
            int target = one.Destination < 0 ? -1 : VectorTarget(one.Destination);
            assembler.Vector(opcode, one.Width, source, 0, target < 0 ? Place(one.Operand) : Operand.Of(target), (int)one.Immediate, mask);
            StoreVector(one, target);
            return;
        }

        int destination = VectorTarget(one.Destination);
        if (one.Accumulates && places.Slots[one.Destination] >= 0)
        {
            assembler.Vector(VectorOpcodes.Load, one.Width, destination, 0, PlaceOf(one.Destination));
        }

        // Shifts take registers alone.
        Operand operand = opcode.Form == VectorForm.Shift ? Operand.Of(FetchedVector(one.Operand.Register, one.Width)) : Place(one.Operand);
        assembler.Vector(opcode, one.Width, destination, source, operand, (int)one.Immediate, mask);
        StoreVector(one, destination);
    }

    private void MoveVector(MachineInstruction one)
    {
        Operand from = PlaceOf(one.Operand.Register);
        Operand to = PlaceOf(one.Destination);
        if (from == to)
        {
            return;
        }

        if (to.IsRegister)
        {
            assembler.Vector(from.IsRegister ? VectorOpcodes.Move : VectorOpcodes.Load, one.Width, to.Register, 0, from);
        }
        else
        {
            assembler.Vector(VectorOpcodes.Store, one.Width, FetchedVector(one.Operand.Register, one.Width), 0, to);
        }
    }

    private int VectorTarget(int destination) => places.Registers[destination] is var register and >= 0 ? register : WrittenVector;

    private int FetchedVector(int register, VectorWidth width)
    {
        if (places.Registers[register] is var place and >= 0)
        {
            return place;
        }

        assembler.Vector(VectorOpcodes.Load, width, ReadVector, 0, PlaceOf(register));
        return ReadVector;
    }

    private void StoreVector(MachineInstruction one, int register)
    {
        if (one.Destination >= 0 && places.Slots[one.Destination] >= 0)
        {
            assembler.Vector(VectorOpcodes.Store, one.Width, register, 0, PlaceOf(one.Destination));
        }
    }
}
