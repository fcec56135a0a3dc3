"""Commerce that is not the school's, and school sales."""

from __future__ import annotations

import pytest

from tests.screening.detectors.tables import found, table

CAUGHT = table("""
    dm me to order
    dm for prices
    use my promo code LALA for 20 percent off
    link in my bio
    cashapp only
    taking orders for custom cakes
    buy one get one this weekend only
    i'm selling my jordans size 10
    selling a switch, obo, pick up only
    check out my etsy
    we offer affordable cleaning services
    earn hundreds a week from home
    make thousands a month from your phone
    be your own boss
    join my team and earn extra income
    invest in bitcoin and double your money
    buy my old textbooks, 20 dollars, dm me
    Avon catalog is here
    pedidos de jafra
    crypto signals group open now
    free robux click here
    visit my salon
    call us today for a free quote
    mándame mensaje para precios
    inbox para pedidos
    hago pedidos de gelatinas
    vendo tamales
    se venden perfumes originales
    acepto zelle
    gana dinero desde casa
    sé tu propio jefe
    oportunidad de negocio
    envío gratis
    ofrezco mis servicios de limpieza
    préstamos rápidos
""")
PASS = table("""
    the bake sale is on friday, venmo accepted
    book fair: buy one get one
    pta fundraiser, order now
    taking orders for the yearbook
    spirit wear for sale, cash only
    car wash to support the band, venmo or cash
    girl scout cookies, dm me to order
    prom tickets are on sale
    don't use promo code links here
    i'm selling out of patience
    please order your lunch by nine
    what does free shipping mean in this graph
    the store is closed
    who sells the best tacos
    my dad works at a bank
    i need to buy a notebook
    scam alert: double your money emails
    econ project: design a business, shop now poster
    the price is right
    did you buy the book
    venta de pasteles el viernes
    feria del libro, envío gratis
    rifa de la mesa directiva, acepto zelle
    kermés: se venden tamales
    no vendo nada
    dónde compro el uniforme
    el precio del boleto es cinco dólares
    cuánto cuesta el anuario
    recaudación para la banda, vendo un pastel
    mi mamá hace tamales ricos
""")


@pytest.mark.parametrize("text", CAUGHT)
def test_catches(text: str) -> None:
    assert found("advertising", text)


@pytest.mark.parametrize("text", PASS)
def test_lets_pass(text: str) -> None:
    assert not found("advertising", text)
