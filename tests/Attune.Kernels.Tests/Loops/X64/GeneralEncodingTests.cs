using Attune.Kernels.Loops.X64;
using Iced.Intel;
using Assembler = Attune.Kernels.Loops.X64.Assembler;

namespace Attune.Kernels.Tests.Loops.X64;

/// <summary>General instructions as another program's decoder reads them.</summary>
[Trait(Category.Name, Category.AnyWidth)]
public sealed class GeneralEncodingTests
{
    private static readonly int[] Offsets = [0, 1, 127, 128, -128, -129, 1 << 20, int.MinValue];
    private static readonly int[] Numbers = [0, 1, -1, 127, 128, -128, -129, int.MaxValue, int.MinValue];
    private static readonly string[] Names = ["rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"];

    [Fact]
    public void Instructions_of_two_operands_are_decoded_as_what_was_encoded()
    {
        foreach ((int register, Operand operand) in Pairs())
        {
            Expect($"mov {Names[register]},{Text(operand)}", a => a.Move(register, operand));
            Expect($"add {Names[register]},{Text(operand)}", a => a.Add(register, operand));
            Expect($"cmp {Names[register]},{Text(operand)}", a => a.Compare(register, operand));
            Expect($"imul {Names[register]},{Text(operand)}", a => a.Multiply(register, operand));
            Expect($"cmovg {Names[register]},{Text(operand)}", a => a.Move(Condition.Greater, register, operand));
            Expect($"cmovl {Names[register]},{Text(operand)}", a => a.Move(Condition.Less, register, operand));
            if (!operand.IsRegister)
            {
                Expect($"mov {Text(operand)},{Names[register]}", a => a.MoveTo(operand, register));
                Expect($"lea {Names[register]},{Text(operand)}", a => a.Address(register, operand));
                Expect($"prefetcht0 {Text(operand)}", a => a.Prefetch(operand));
            }
        }
    }

    [Fact]
    public void Instructions_with_numbers_are_decoded_as_what_was_encoded()
    {
        foreach ((int register, Operand operand) in Pairs())
        {
            foreach (int number in Numbers)
            {
                Expect($"add {Text(operand)},{number}", a => a.Add(operand, number));
                Expect($"and {Text(operand)},{number}", a => a.And(operand, number));
                Expect($"cmp {Text(operand)},{number}", a => a.Compare(operand, number));
                Expect($"imul {Names[register]},{Text(operand)},{number}", a => a.Multiply(register, operand, number));
            }
        }
    }

    [Fact]
    public void A_number_of_64_bits_is_what_a_register_holds_afterwards()
    {
        long[] numbers = [0, 1, -1, int.MaxValue, int.MinValue, 1L << 31, uint.MaxValue, 1L << 32, long.MaxValue, long.MinValue, -(1L << 31) - 1];
        foreach (long number in numbers)
        {
            for (int register = 0; register < GeneralRegister.Count; register++)
            {
                var assembler = new Assembler();
                assembler.Move(register, number);
                Instruction read = Decoded.Only(assembler.Finish(new ConstantPool()));
                read.Mnemonic.ShouldBe(Mnemonic.Mov);
                read.Op0Register.GetFullRegister().ShouldBe(Register.RAX + register);

                // Writing the lower half of a register clears the upper one.
                long held = read.Op0Register.GetSize() == sizeof(int) ? (uint)read.GetImmediate(1) : unchecked((long)read.GetImmediate(1));
                held.ShouldBe(number);
            }
        }
    }

    [Fact]
    public void Division_spreads_the_sign_first()
    {
        var assembler = new Assembler();
        assembler.Divide(Operand.Of(11));
        Decoded.All(assembler.Finish(new ConstantPool())).Select(Decoded.Text).ShouldBe(["cqo", "idiv r11"]);
    }

    [Fact]
    public void Registers_are_pushed_popped_and_moved_to_masks()
    {
        for (int register = 0; register < GeneralRegister.Count; register++)
        {
            int one = register;
            Expect($"push {Names[one]}", a => a.Push(one));
            Expect($"pop {Names[one]}", a => a.Pop(one));
            string half = one < 8 ? $"e{Names[one][1..]}" : $"{Names[one]}d";
            Expect($"kmovw k3,{half}", a => a.MoveToMask(3, one));
        }

        Expect("ret", a => a.Return());
        Expect("vzeroupper", a => a.ZeroUpper());
    }

    [Fact]
    public void Jumps_reach_their_labels_forwards_and_backwards()
    {
        var assembler = new Assembler();
        int back = assembler.Label();
        int ahead = assembler.Label();
        assembler.Bind(back);
        assembler.Jump(ahead);
        assembler.Jump(Condition.Less, back);
        assembler.Jump(Condition.NotEqual, ahead);
        assembler.Bind(ahead);
        assembler.Return();
        Instruction[] read = Decoded.All(assembler.Finish(new ConstantPool()));
        read[0].Mnemonic.ShouldBe(Mnemonic.Jmp);
        read[0].NearBranch64.ShouldBe(read[3].IP);
        read[1].Mnemonic.ShouldBe(Mnemonic.Jl);
        read[1].NearBranch64.ShouldBe(0UL);
        read[2].Mnemonic.ShouldBe(Mnemonic.Jne);
        read[2].NearBranch64.ShouldBe(read[3].IP);
        Should.Throw<InvalidOperationException>(() =>
        {
            var lost = new Assembler();
            lost.Jump(lost.Label());
            return lost.Finish(new ConstantPool());
        });
    }

    [Fact]
    public void Constants_lie_aligned_behind_the_code_each_of_them_once()
    {
        var pool = new ConstantPool();
        int seven = pool.Place(7, 1);
        int eights = pool.Place(8, 8);
        pool.Place(7, 1).ShouldBe(seven);
        var assembler = new Assembler();
        assembler.Vector(VectorOpcodes.Permute, VectorWidth.Ymm, 1, 0, Operand.Constant(eights), 5);
        assembler.Vector(VectorOpcodes.Add, VectorWidth.Zmm, 1, 2, Operand.Constant(seven, broadcast: true));
        assembler.Return();
        byte[] code = assembler.Finish(pool);
        Instruction[] read = Decoded.All(code[..20]);
        ulong start = read[1].IPRelativeMemoryAddress;
        (start % ConstantPool.Alignment).ShouldBe(0UL);
        BitConverter.ToInt32(code, (int)start).ShouldBe(7);
        read[0].IPRelativeMemoryAddress.ShouldBe(start + 32);
        read[0].Immediate8.ShouldBe((byte)5);
        for (int i = 0; i < 8; i++)
        {
            BitConverter.ToInt32(code, (int)start + 32 + (i * 4)).ShouldBe(8);
        }
    }

    [Fact]
    public void Alignment_is_filled_with_instructions_that_do_nothing()
    {
        for (int before = 0; before < 64; before++)
        {
            var assembler = new Assembler();
            for (int i = 0; i < before; i++)
            {
                assembler.Return();
            }

            assembler.Align(32);
            byte[] code = assembler.Finish(new ConstantPool());
            (code.Length % 32).ShouldBe(0);
            Decoded.All(code).Skip(before).ShouldAllBe(one => one.Mnemonic == Mnemonic.Nop);
        }
    }

    private static IEnumerable<(int Register, Operand Operand)> Pairs()
    {
        for (int register = 0; register < GeneralRegister.Count; register++)
        {
            for (int other = 0; other < GeneralRegister.Count; other++)
            {
                yield return (register, Operand.Of(other));
                yield return (register, Operand.Memory(other, Offsets[(register + other) % Offsets.Length]));
            }
        }
    }

    private static void Expect(string text, Action<Assembler> encode)
    {
        var assembler = new Assembler();
        encode(assembler);
        Decoded.Text(Decoded.Only(assembler.Finish(new ConstantPool()))).ShouldBe(text);
    }

    private static string Text(Operand operand) => operand switch
    {
        { IsRegister: true } => Names[operand.Register],
        { Offset: 0 } => $"[{Names[operand.Register]}]",
        { Offset: < 0 } => $"[{Names[operand.Register]}-{-(long)operand.Offset}]",
        _ => $"[{Names[operand.Register]}+{operand.Offset}]",
    };
}
