namespace Attune.Kernels.Loops.X64;

/// <summary>Turns instructions whose registers have got a place into bytes: what lies in a slot of the stack is fetched before and put back after.</summary>
internal sealed partial class MachineEncoder
{
    private const int LoopAlignment = 32;
    private const int FunctionMask = 1;
    private const int Scratch = GeneralRegister.Rax;
    private readonly MachineProgram program;
    private readonly Allocation places;
    private readonly StackFrame frame;
    private readonly Assembler assembler = new();
    private readonly int[] labels;

    private MachineEncoder(MachineProgram program, Allocation places, StackFrame frame)
    {
        this.program = program;
        this.places = places;
        this.frame = frame;
        labels = [.. Enumerable.Range(0, program.Labels).Select(_ => assembler.Label())];
    }

    /// <summary>The code of a function, with its constants.</summary>
    public static byte[] Encode(MachineProgram program, Allocation places, StackFrame frame)
    {
        var encoder = new MachineEncoder(program, places, frame);
        frame.Enter(encoder.assembler);
        foreach (MachineInstruction instruction in program.Instructions)
        {
            encoder.Encode(instruction);
        }

        frame.Leave(encoder.assembler);
        return encoder.assembler.Finish(program.Constants);
    }

    private void Encode(MachineInstruction one)
    {
        switch (one.Operation)
        {
            case MachineOperation.Vector:
                Vector(one);
                break;
            case MachineOperation.VectorZero:
                int zero = VectorTarget(one.Destination);
                assembler.Vector(VectorOpcodes.ExclusiveOr, one.Width, zero, zero, Operand.Of(zero));
                StoreVector(one, zero);
                break;
            case MachineOperation.VectorMove:
                MoveVector(one);
                break;
            case MachineOperation.Mask:
                assembler.Move(Scratch, one.Immediate);
                assembler.MoveToMask(FunctionMask, Scratch);
                break;
            case MachineOperation.Jump when one.Condition is { } condition:
                assembler.Jump(condition, labels[one.Immediate]);
                break;
            case MachineOperation.Jump:
                assembler.Jump(labels[one.Immediate]);
                break;
            case MachineOperation.LoopLabel:
                assembler.Align(LoopAlignment);
                assembler.Bind(labels[one.Immediate]);
                break;
            case MachineOperation.Label:
                assembler.Bind(labels[one.Immediate]);
                break;
            case MachineOperation.Prefetch:
                assembler.Prefetch(Place(one.Operand));
                break;
            case MachineOperation.Undefined:
                break;
            case MachineOperation.TileConfigure:
                assembler.TileConfigure(Place(one.Operand));
                break;
            case MachineOperation.TileZero:
                assembler.TileZero((int)one.Immediate);
                break;
            case MachineOperation.TileLoad:
                assembler.TileLoad((int)one.Immediate, Place(one.Operand), StrideOf(one));
                break;
            case MachineOperation.TileStore:
                assembler.TileStore(Place(one.Operand), StrideOf(one), (int)one.Immediate);
                break;
            case MachineOperation.TileMultiply:
                assembler.TileMultiply(TileOperands.Of(one.Immediate));
                break;
            case MachineOperation.TileRelease:
                assembler.TileRelease();
                break;
            default:
                General(one);
                break;
        }
    }

    private void General(MachineInstruction one)
    {
        switch (one.Operation)
        {
            case MachineOperation.AddNumber:
                assembler.Add(PlaceOf(one.Destination), (int)one.Immediate);
                return;
            case MachineOperation.CompareNumber:
                assembler.Compare(Place(one.Operand), (int)one.Immediate);
                return;
            case MachineOperation.Compare:
                assembler.Compare(Fetched(one.Source), Place(one.Operand));
                return;
            case MachineOperation.Argument:
                Put(one.Destination, (int)one.Immediate);
                return;
            case MachineOperation.Divide or MachineOperation.Remainder:
                assembler.Move(GeneralRegister.Rax, PlaceOf(one.Source));
                assembler.Divide(Place(one.Operand));
                Put(one.Destination, one.Operation == MachineOperation.Divide ? GeneralRegister.Rax : GeneralRegister.Rdx);
                return;
            case MachineOperation.Move when one.Operand.IsRegister && PlaceOf(one.Operand.Register) is { IsRegister: true } from:
                Put(one.Destination, from.Register);
                return;
        }

        int target = places.Registers[one.Destination] is var register and >= 0 ? register : Scratch;
        if (one.Accumulates && target == Scratch)
        {
            assembler.Move(Scratch, PlaceOf(one.Destination));
        }

        switch (one.Operation)
        {
            case MachineOperation.Move:
                assembler.Move(target, Place(one.Operand));
                break;
            case MachineOperation.Number:
                assembler.Move(target, one.Immediate);
                break;
            case MachineOperation.Add:
                assembler.Add(target, Place(one.Operand));
                break;
            case MachineOperation.Address:
                assembler.Address(target, Place(one.Operand));
                break;
            case MachineOperation.Multiply:
                assembler.Multiply(target, Place(one.Operand));
                break;
            case MachineOperation.MultiplyNumber:
                assembler.Multiply(target, Place(one.Operand), (int)one.Immediate);
                break;
            case MachineOperation.MoveIf:
                assembler.Move(one.Condition!.Value, target, Place(one.Operand));
                break;
            default:
                throw new InvalidOperationException($"Unknown operation {one.Operation}.");
        }

        Put(one.Destination, target);
    }

    // Into the place of a virtual register, unless it is there already.
    private void Put(int destination, int register)
    {
        Operand place = PlaceOf(destination);
        if (!place.IsRegister)
        {
            assembler.MoveTo(place, register);
        }
        else if (place.Register != register)
        {
            assembler.Move(place.Register, Operand.Of(register));
        }
    }

    private int Fetched(int register)
    {
        Operand place = PlaceOf(register);
        if (place.IsRegister)
        {
            return place.Register;
        }

        assembler.Move(Scratch, place);
        return Scratch;
    }

    // The address may be in the other register for what is needed within one instruction.
    private int StrideOf(MachineInstruction one)
    {
        Operand place = PlaceOf(one.Source);
        if (place.IsRegister)
        {
            return place.Register;
        }

        assembler.Move(GeneralRegister.Rdx, place);
        return GeneralRegister.Rdx;
    }

    private Operand PlaceOf(int register) => places.Registers[register] is var place and >= 0 ? Operand.Of(place) : frame.Slot(places.Slots[register]);

    private Operand Place(Operand operand) => operand.Kind switch
    {
        OperandKind.Register => PlaceOf(operand.Register),
        OperandKind.Memory => operand with { Register = Fetched(operand.Register) },
        _ => operand,
    };
}
