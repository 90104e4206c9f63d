using Attune.Kernels.Loops;
using Attune.Kernels.Loops.X64;
using Iced.Intel;
using Assembler = Attune.Kernels.Loops.X64.Assembler;

namespace Attune.Kernels.Tests.Loops.X64;

/// <summary>Instructions on matrix tiles as another program's decoder reads them.</summary>
[Trait(Category.Name, Category.AnyWidth)]
public sealed class TileEncodingTests
{
    private static readonly int[] Offsets = [0, 1, 64, 127, 128, -128, -129, 1 << 20];

    [Fact]
    public void Rows_are_loaded_and_stored_where_address_and_distance_say()
    {
        for (int address = 0; address < GeneralRegister.Count; address++)
        {
            for (int stride = 0; stride < GeneralRegister.Count; stride++)
            {
                if (stride == GeneralRegister.Rsp)
                {
                    continue;
                }

                foreach (int offset in Offsets)
                {
                    (int tile, int distance) = ((address + stride) % MatrixTile.MaxTiles, stride);
                    var memory = Operand.Memory(address, offset);
                    Instruction load = Decoded.Only(Code(a => a.TileLoad(tile, memory, distance)));
                    load.Mnemonic.ShouldBe(Mnemonic.Tileloadd);
                    (load.Op0Register - Register.TMM0).ShouldBe(tile);
                    ShouldPoint(load, address, distance, offset);
                    Instruction store = Decoded.Only(Code(a => a.TileStore(memory, distance, tile)));
                    store.Mnemonic.ShouldBe(Mnemonic.Tilestored);
                    (store.Op1Register - Register.TMM0).ShouldBe(tile);
                    ShouldPoint(store, address, distance, offset);
                }
            }
        }
    }

    [Fact]
    public void Products_name_sums_first_then_left_then_right()
    {
        foreach (TileProducts products in Enum.GetValues<TileProducts>())
        {
            for (int i = 0; i < 512; i++)
            {
                var tiles = new TileOperands(i & 7, (i >> 3) & 7, i >> 6, products);
                TileOperands.Of(tiles.Packed).ShouldBe(tiles);
                if (tiles.Sums == tiles.Left || tiles.Sums == tiles.Right || tiles.Left == tiles.Right)
                {
                    // No processor multiplies a tile by itself or into itself.
                    continue;
                }

                Instruction product = Decoded.Only(Code(a => a.TileMultiply(tiles)));
                product.Mnemonic.ShouldBe(products == TileProducts.Bytes ? Mnemonic.Tdpbusd : Mnemonic.Tdpbf16ps);
                new[] { product.Op0Register, product.Op1Register, product.Op2Register }.Select(register => register - Register.TMM0)
                    .ShouldBe([tiles.Sums, tiles.Left, tiles.Right]);
            }
        }
    }

    [Fact]
    public void Tiles_are_configured_cleared_and_given_back()
    {
        Decoded.Only(Code(a => a.TileRelease())).Mnemonic.ShouldBe(Mnemonic.Tilerelease);
        for (int number = 0; number < GeneralRegister.Count; number++)
        {
            int register = number;
            Instruction configure = Decoded.Only(Code(a => a.TileConfigure(Operand.Memory(register, 256))));
            configure.Mnemonic.ShouldBe(Mnemonic.Ldtilecfg);
            (configure.MemoryBase - Register.RAX).ShouldBe(register);
            unchecked((long)configure.MemoryDisplacement64).ShouldBe(256);
        }

        for (int number = 0; number < MatrixTile.MaxTiles; number++)
        {
            int tile = number;
            Instruction zero = Decoded.Only(Code(a => a.TileZero(tile)));
            zero.Mnemonic.ShouldBe(Mnemonic.Tilezero);
            (zero.Op0Register - Register.TMM0).ShouldBe(tile);
        }
    }

    private static void ShouldPoint(Instruction instruction, int address, int stride, int offset)
    {
        (instruction.MemoryBase - Register.RAX).ShouldBe(address);
        (instruction.MemoryIndex - Register.RAX).ShouldBe(stride);
        instruction.MemoryIndexScale.ShouldBe(1);
        unchecked((int)instruction.MemoryDisplacement64).ShouldBe(offset);
    }

    private static byte[] Code(Action<Assembler> emit)
    {
        var assembler = new Assembler();
        emit(assembler);
        return assembler.Finish(new ConstantPool());
    }
}
